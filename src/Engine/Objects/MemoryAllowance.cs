namespace Engine.Objects;

/// <summary>Bytes that the extracted members of one scan may hold in memory at one time (M-029).</summary>
internal sealed class MemoryAllowance(long maxBytes)
{
    /// <summary>Held now; never above the maximum.</summary>
    public long HeldBytes { get; private set; }

    /// <summary>Takes the bytes, or nothing and returns false.</summary>
    public bool TryHold(long bytes)
    {
        if (bytes > maxBytes - HeldBytes)
        {
            return false;
        }

        HeldBytes += bytes;
        return true;
    }

    public void Release(long bytes) => HeldBytes -= bytes;
}
