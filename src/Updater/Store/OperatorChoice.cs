using System.Text.Json;
using Definitions;

namespace Updater.Store;

/// <summary>
/// What the operator decided about generations and what therefore outlives a restart: a hold after a rollback and a
/// pin (M-216, M-217). Kept in <c>generations/choice.json</c>, beside the pointer that it explains.
/// </summary>
internal sealed class OperatorChoice
{
    public const int MaxBytes = 1_048_576;

    public static OperatorChoice None { get; } = new();

    /// <summary>Until when <see cref="Held"/> may not be activated again; null = no hold.</summary>
    public DateTimeOffset? HoldUntil { get; init; }

    /// <summary>The releases that the rollback left behind.</summary>
    public IReadOnlyList<HeldPackage> Held { get; init; } = [];

    /// <summary>The generation that stays active whatever the sources offer; null = no pin.</summary>
    public string? Pinned { get; init; }

    public bool IsHolding(DateTimeOffset now) => HoldUntil > now;

    /// <summary>The hold on one package while it lasts.</summary>
    public HeldPackage? FindHold(string packageName, DateTimeOffset now) =>
        IsHolding(now) ? Held.FirstOrDefault(held => held.Name == packageName) : null;

    /// <summary>
    /// True while the choice keeps an older generation active than the newest that ever was. A hold alone is no
    /// rollback: a release newer than the held one may have been activated since.
    /// </summary>
    /// <param name="highestActivated">Number of the newest generation that ever was active.</param>
    public bool KeepsOlder(GenerationRecord? current, long? highestActivated, DateTimeOffset now) =>
        (IsHolding(now) || Pinned is not null) && current?.Id.Number < highestActivated;

    public static OperatorChoice Read(DataFolders folders)
    {
        var text = JsonText.TryReadFile(FilePath(folders), MaxBytes);
        return text is null ? None : JsonText.TryRead(text, Read) ?? None;
    }

    /// <exception cref="IOException">It could not be written; the old one is still whole.</exception>
    public Task WriteAsync(DataFolders folders, CancellationToken cancellationToken) => AtomicFile.WriteAsync(FilePath(folders), JsonText.Write(json =>
    {
        if (HoldUntil is { } until)
        {
            json.WriteString("holdUntil", until);
        }

        if (Pinned is { } pinned)
        {
            json.WriteString("pinned", pinned);
        }

        json.WriteStartArray("held");
        foreach (var held in Held)
        {
            json.WriteStartObject();
            json.WriteString("name", held.Name);
            json.WriteNumber("sequence", held.Sequence);
            json.WriteString("archive", held.Archive.ToString());
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }), cancellationToken);

    private static OperatorChoice Read(JsonElement root) => new()
    {
        HoldUntil = root.TryGetProperty("holdUntil", out var until) ? until.GetDateTimeOffset() : null,
        Pinned = root.TryGetProperty("pinned", out var pinned) ? pinned.GetString() : null,
        Held = [.. root.GetProperty("held").EnumerateArray().Select(held => new HeldPackage(
            held.GetProperty("name").GetString() ?? "",
            held.GetProperty("sequence").GetInt64(),
            JsonText.Digest(held, "archive")))],
    };

    private static string FilePath(DataFolders folders) => Path.Combine(folders.Generations, "choice.json");
}

/// <summary>A release that a rollback left behind. Only a higher sequence is taken while the hold lasts.</summary>
internal sealed record HeldPackage(string Name, long Sequence, Digest Archive);
