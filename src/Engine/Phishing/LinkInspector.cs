using System.Text;
using System.Text.RegularExpressions;
using Engine.Decomposition;
using Engine.FileTypes;
using Engine.Images;
using Engine.Matching;
using Engine.Normalisation;
using Engine.Objects;

namespace Engine.Phishing;

/// <summary>
/// Looks at the links of the texts of a mail (clamav-formats.md §3.9): those of HTML with what they show, those of
/// plain text by themselves. Findings are heuristic, so weak.
/// </summary>
internal sealed class LinkInspector(ImageSet images, ScanProfile profile, Budget budget, ScratchFolder scratch)
{
    private const int Step = 64 * 1024;

    /// <summary>Plain text beyond this has no links that anybody sees.</summary>
    private const int MaxTextBytes = 1 << 20;

    private static readonly Regex _address = new(
        "(?:https?|ftp)://[^\\s\"'<>()]+", RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    /// <summary>Adds what the node's links are found to be, each name once.</summary>
    /// <exception cref="IOException">The node could not be read.</exception>
    /// <exception cref="LimitException">The time is over.</exception>
    public void Inspect(Node node, List<SignatureHit> hits)
    {
        if (node.Parent?.Type != ObjectType.Mail || images.Phishing is not { } lists)
        {
            return;
        }

        var links = node.Type switch
        {
            ObjectType.Html => ReadHtml(node.Content),
            ObjectType.TextAscii or ObjectType.TextUtf8 => ReadText(node.Content),
            _ => [],
        };
        foreach (var link in links)
        {
            budget.Check();
            if (lists.Check(link) is { } finding && !hits.Exists(hit => hit.Signature == finding.Name))
            {
                hits.Add(new SignatureHit(finding.Name, finding.Package, Offset: null, IsWeak: true));
            }
        }
    }

    private IReadOnlyList<DisplayedLink> ReadHtml(ObjectContent content)
    {
        var links = new LinkCollector();
        using var nothing = new CopyWriter(0, profile, budget, scratch);
        var normaliser = new HtmlNormaliser(nothing, nothing, nothing, links);
        var end = profile.MaxHtmlNormaliseBytes == 0 ? content.Length : Math.Min(content.Length, profile.MaxHtmlNormaliseBytes);
        for (long start = 0; start < end; start += Step)
        {
            budget.Check();
            normaliser.Append(content.Window(start, (int)Math.Min(Step, end - start)));
        }

        links.Close();
        return links.Links;
    }

    private static List<DisplayedLink> ReadText(ObjectContent content)
    {
        var text = Encoding.Latin1.GetString(content.Window(0, (int)Math.Min(content.Length, MaxTextBytes)));
        return [.. _address.Matches(text).Take(LinkCollector.MaxLinks).Select(match => new DisplayedLink(match.Value, ""))];
    }

}
