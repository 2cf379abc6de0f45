namespace Definitions;

/// <summary>Bytes from outside broke a rule. The only exception this library throws for content.</summary>
public sealed class RefusedException : Exception
{
    public RefusedException(RefusalReason reason, string message)
        : base(PlainText.Of(message)) => Reason = reason;

    public RefusedException(RefusalReason reason, string message, Exception innerException)
        : base(PlainText.Of(message), innerException) => Reason = reason;

    public RefusalReason Reason { get; }
}
