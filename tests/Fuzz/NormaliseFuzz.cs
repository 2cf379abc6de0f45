using Engine;
using Engine.Decomposition;
using Engine.Normalisation;
using Engine.Objects;

namespace Fuzz;

/// <summary>Normalised copies of text and HTML from any bytes: nothing escapes and nothing grows beyond a factor of the input.</summary>
public static class NormaliseFuzz
{
    private const long MaxBytes = 1 << 24;

    /// <exception cref="InvalidOperationException">A copy is longer than its input can make it.</exception>
    public static void RunHtml(ReadOnlySpan<byte> input)
    {
        var scratch = new ScratchFolder(Path.GetTempPath());
        var budget = new Budget(ScanProfile.Default, TimeProvider.System, CancellationToken.None);
        using var noComment = new CopyWriter(MaxBytes, ScanProfile.Default, budget, scratch);
        using var noTags = new CopyWriter(MaxBytes, ScanProfile.Default, budget, scratch);
        using var scripts = new CopyWriter(MaxBytes, ScanProfile.Default, budget, scratch);
        var links = new LinkCollector();
        var normaliser = new HtmlNormaliser(noComment, noTags, scripts, links);
        normaliser.Append(input);
        normaliser.Finish();
        links.Close();
        var limit = (8L * input.Length) + 64;
        using var first = noComment.Complete();
        using var second = noTags.Complete();
        using var third = scripts.Complete();
        Require(first.Length <= limit && second.Length <= limit && third.Length <= (24L * input.Length) + 64, "a copy has no bound");
        Require(links.Links.Count <= LinkCollector.MaxLinks, "links have no bound");
    }

    /// <exception cref="InvalidOperationException">The copy is longer than its input, or holds what it cannot.</exception>
    public static void RunText(ReadOnlySpan<byte> input)
    {
        var budget = new Budget(ScanProfile.Default, TimeProvider.System, CancellationToken.None);
        using var writer = new CopyWriter(MaxBytes, ScanProfile.Default, budget, new ScratchFolder(Path.GetTempPath()));
        new TextNormaliser(writer).Append(input);
        using var copy = writer.Complete();
        Require(copy.Length <= input.Length, "a copy is longer than its text");
        Require(!copy.Window(0, (int)copy.Length).ContainsAnyExceptInRange((byte)0x20, (byte)0x7F), "a byte that no copy holds");
    }

    private static void Require(bool holds, string promise)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"Normaliser: {promise}.");
        }
    }
}
