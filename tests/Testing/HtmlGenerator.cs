using System.Text;

namespace Testing;

/// <summary>HTML that is mostly well-formed and sometimes not: tags, attributes, references, comments, scripts. One character a byte.</summary>
public sealed class HtmlGenerator(Random random)
{
    private static readonly string[] _words =
        ["Alpha", "beta", "GAMMA", "x", "42", "a-b", "It's", "\"q\"", "a;b", "\u00E4\u00F6", "\u00FC", "\u00E2\u0080\u0093", "=", "(y)", "/", "x&y"];

    private static readonly string[] _spaces = [" ", "  ", "\n", "\r\n", "\t", " \n ", ""];

    private static readonly string[] _tags =
        ["b", "P", "div", "A", "img", "IMG", "br", "body", "Table", "td", "h1", "iframe", "form", "title", "span", "scripts"];

    private static readonly string[] _attributes = ["href", "HREF", "src", "alt", "title", "onClick", "class", "x", "data-y"];

    private static readonly string[] _references =
        ["&amp;", "&lt;", "&gt;", "&quot;", "&nbsp;", "&eacute;", "&Eacute;", "&alpha;", "&bogus;", "&AMP;", "&#65;", "&#x41;", "&#65 ",
         "&#x263a;", "&", "&amp", "&copy;x", "&#300;", "&#;", "&;"];

    private static readonly string[] _names = ["foo", "Bar", "x", "y1", "_z", "$", "document", "window", "i"];

    private static readonly string[] _texts =
        ["\"a\"", "'B'", "\"it's\"", "'say \\\"x\\\"'", "\"%41%42\"", "\"\\x41\\u0042\"", "\"</b>\"", "\"a  b\"", "''", "\"\\n\""];

    private static readonly string[] _signs = ["+", "-", "=", "==", ";", ",", "(", ")", "[", "]", ".", "<", ">", "&&", "?", ":", "!", "%", "*"];

    public string Document()
    {
        var html = new StringBuilder(Pick(["<html>", "<HTML>", "<script></script>", "<head>"]));
        for (var i = random.Next(1, 12); i > 0; i--)
        {
            AddPiece(html);
        }

        return html.ToString();
    }

    private void AddPiece(StringBuilder html)
    {
        switch (random.Next(14))
        {
            case 0 or 1:
                html.Append('<').Append(random.Next(8) == 0 ? " " : "").Append(Tag()).Append('>');
                break;
            case 2:
                html.Append("</").Append(Pick(_tags)).Append(random.Next(6) == 0 ? " " : "").Append('>');
                break;
            case 3:
                html.Append("<!-- ").Append(Pick(_words)).Append(random.Next(3) == 0 ? " <i> " : "").Append(" -->");
                break;
            case 4:
                html.Append(Pick(_references));
                break;
            case 5 or 6:
                html.Append(random.Next(3) == 0 ? "<SCRIPT type=\"text/javascript\">" : "<script>");
                AddScript(html, random.Next(1, 14));
                html.Append(random.Next(8) == 0 ? "</SCRIPT>" : "</script>");
                break;
            case 7:
                html.Append("<style>").Append(Pick(_words)).Append(" { A: ").Append(Pick(_words)).Append(" }</style>");
                break;
            default:
                html.Append(Pick(_words)).Append(Pick(_spaces));
                break;
        }
    }

    private string Tag()
    {
        var tag = new StringBuilder(Pick(_tags));
        for (var i = random.Next(4); i > 0; i--)
        {
            tag.Append(Pick([" ", "  ", "\n"])).Append(Pick(_attributes));
            if (random.Next(5) > 0)
            {
                var quote = Pick(["\"", "'", ""]);
                var value = quote.Length == 0 ? Pick(["Val", "a&amp;b", "1", "http://X/y?a=1&b=2"]) : Value();
                tag.Append(Pick(["=", "=", " = "])).Append(quote).Append(value).Append(quote);
            }
        }

        return tag.ToString();
    }

    private string Value() => Pick(["Some Text", "x", "", "http://A.example/B?c=D&amp;e", "a  b", "a>b", "javascript:Foo(1)", "x&#65;y", "A\nB"]);

    private void AddScript(StringBuilder script, int count)
    {
        // Behind a function the reference engine folds some calls of eval and others not.
        var hasFunctions = random.Next(2) == 0;
        for (var i = 0; i < count; i++)
        {
            script.Append(random.Next(16) switch
            {
                0 => $"var {Pick(_names)}={Pick(_texts)};",
                1 when hasFunctions => $"function {Pick(_names)}({Pick(_names)},{Pick(_names)}){{return {Pick(_names)}}} ",
                2 => $"{Pick(_texts)}+{Pick(_texts)}",
                3 => $"unescape({Pick(_texts)}) ",
                4 when !hasFunctions => "eval(\"foo(1);\");",
                5 => $"/* {Pick(_names)} */",
                6 => $"// {Pick(_names)}\n",
                7 => $"document.write({Pick(_texts)});",
                8 => $"{random.Next(3000)} ",
                9 => "1.5",
                10 => Pick(_spaces),
                11 => $"var {Pick(_names)},{Pick(_names)};",
                12 or 13 => Pick(_signs),
                _ => Pick(_names) + " ",
            });
        }
    }

    private string Pick(string[] choices) => choices[random.Next(choices.Length)];
}
