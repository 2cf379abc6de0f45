namespace Updater.Listeners;

/// <summary>Events of listeners; ids 200 to 299.</summary>
internal static partial class ListenerLog
{
    [LoggerMessage(200, LogLevel.Warning, "Could not accept a connection: {Reason}")]
    public static partial void AcceptFailed(ILogger logger, string reason);

    [LoggerMessage(201, LogLevel.Error, "A connection ended with an unexpected fault")]
    public static partial void ConnectionFailed(ILogger logger, Exception exception);

    [LoggerMessage(202, LogLevel.Information, "Listened for {Protocol} on {Address}")]
    public static partial void Listening(ILogger logger, string protocol, string address);

    [LoggerMessage(204, LogLevel.Debug, "A client left during its HTTP request for {Path}: {Reason}")]
    public static partial void ClientLeft(ILogger logger, string path, string reason);

    [LoggerMessage(205, LogLevel.Error, "The content of an HTTP request for {Path} could not be stored: {Reason}")]
    public static partial void StorageFailed(ILogger logger, string path, string reason);

    [LoggerMessage(203, LogLevel.Error, "An HTTP request for {Path} ended with an unexpected fault")]
    public static partial void RequestFailed(ILogger logger, Exception exception, string path);
}
