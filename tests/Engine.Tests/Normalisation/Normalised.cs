using Engine.Decomposition;
using Engine.Normalisation;
using Engine.Objects;
using Testing;

namespace Engine.Tests.Normalisation;

/// <summary>Copies as byte arrays.</summary>
internal static class Normalised
{
    public static byte[] Text(byte[] text)
    {
        using var made = new Copies(1);
        new TextNormaliser(made.Writers[0]).Append(text);
        return made.Bytes(0);
    }

    /// <param name="step">Bytes handed over at a time.</param>
    public static (byte[] NoComment, byte[] NoTags, byte[] Scripts) Html(byte[] html, int step = int.MaxValue)
    {
        using var made = new Copies(3);
        var normaliser = new HtmlNormaliser(made.Writers[0], made.Writers[1], made.Writers[2]);
        for (var at = 0; at < html.Length; at += Math.Min(step, html.Length - at))
        {
            normaliser.Append(html.AsSpan(at, Math.Min(step, html.Length - at)));
        }

        normaliser.Finish();
        return (made.Bytes(0), made.Bytes(1), made.Bytes(2));
    }

    private sealed class Copies : IDisposable
    {
        private readonly TempFolder _folder = new();

        public Copies(int count)
        {
            var budget = new Budget(ScanProfile.Default, TimeProvider.System, CancellationToken.None);
            var scratch = new ScratchFolder(_folder.Path("scratch"));
            Writers = [.. Enumerable.Range(0, count).Select(_ => new CopyWriter(1 << 24, ScanProfile.Default, budget, scratch))];
        }

        public CopyWriter[] Writers { get; }

        public byte[] Bytes(int index)
        {
            using var content = Writers[index].Complete();
            return content.Window(0, (int)content.Length).ToArray();
        }

        public void Dispose()
        {
            foreach (var writer in Writers)
            {
                writer.Dispose();
            }

            _folder.Dispose();
        }
    }
}
