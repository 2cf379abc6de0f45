namespace Updater.Publishing;

/// <summary>The publisher cannot do what was asked: missing keys, a version that is not newer, a channel that is none.</summary>
internal sealed class PublishException(string message, Exception? innerException = null)
    : Exception(message, innerException);
