using System.Text;
using Definitions;
using Definitions.Signatures;
using Engine.Images;
using Engine.Normalisation;
using Engine.Phishing;

namespace Fuzz;

/// <summary>Rules about links from the first half of the input, a link from the second.</summary>
public static class PhishingFuzz
{
    private static readonly PackageId _package = new("fuzz", DefinitionsVersion.Parse("20260101.001"));

    private static readonly string[] _files = ["f.pdb", "f.wdb", "f.gdb"];

    /// <exception cref="ImageException">What the compiler wrote cannot be read.</exception>
    public static void Run(ReadOnlySpan<byte> input)
    {
        var half = input.Length / 2;
        var section = new ByteBuffer();
        foreach (var name in _files)
        {
            using var content = new MemoryStream(input[..half].ToArray());
            SignatureParser.Parse(
                content, new SignatureFile(name, _package, IsOfficial: false),
                signature => PhishingSection.Append(section, (PhishingRule)signature, 0), static _ => { });
        }

        var lists = PhishingLists.Read(section.Written.Span, [_package]);
        var text = Encoding.Latin1.GetString(input[half..]);
        lists.Check(new DisplayedLink(text, "http://www.bank.test/"));
        lists.Check(new DisplayedLink("http://evil.test/", text));
        lists.Check(new DisplayedLink("https://" + text, "https://" + text));
    }
}
