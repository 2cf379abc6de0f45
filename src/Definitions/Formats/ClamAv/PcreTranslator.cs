using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Definitions.Formats.ClamAv;

/// <summary>
/// Rewrites a byte-oriented PCRE expression for the framework's engine (clamav-formats.md §3.7). The syntax differs in
/// quoting, possessive repetition, POSIX classes, escapes and group names; what has no equivalent (recursion, verbs,
/// <c>\K</c>, conditions) is told apart from what PCRE itself refuses. One pass, no recursion, output bounded by
/// <see cref="MaxOutput"/>.
/// </summary>
internal sealed partial class PcreTranslator
{
    private const int MaxNesting = 200;
    private const int MaxOutput = 1 << 20;

    /// <summary>The largest count of a repetition.</summary>
    private const int MaxRepeat = 65535;

    private readonly byte[] _text;
    private readonly StringBuilder _output = new();
    private readonly Stack<Group> _groups = new();

    /// <summary>True: capturing groups are kept and numbered, because something refers to them.</summary>
    private readonly bool _keepsGroups;

    private PcreOptions _options;
    private int _position;

    /// <summary>Where the item that a repetition would apply to starts in the output; -1 = there is none.</summary>
    private int _item = -1;

    private bool _isRepeated;
    private bool _needsBacktracking;
    private bool _refersToGroups;

    private PcreTranslator(byte[] text, PcreOptions options, bool keepsGroups) =>
        (_text, _options, _keepsGroups) = (text, options, keepsGroups);

    private bool IsAtEnd => _position >= _text.Length;

    private byte Current => _text[_position];

    private ReadOnlySpan<byte> Rest => _text.AsSpan(_position);

    /// <summary>Never throws.</summary>
    public static PcreTranslation Translate(ReadOnlySpan<byte> text, PcreOptions options)
    {
        var bytes = text.ToArray();
        var translator = new PcreTranslator(bytes, options, keepsGroups: false);
        try
        {
            translator.CountGroups();
            translator.Run();
            if (translator._refersToGroups)
            {
                translator = new PcreTranslator(bytes, options, keepsGroups: true);
                translator.CountGroups();
                translator.Run();
            }

            return new PcreTranslation(translator._output.ToString(), translator._needsBacktracking, null);
        }
        catch (PcreException e)
        {
            return new PcreTranslation("", false, new PcreFault(e.Message, e.Position, e.IsUnsupported));
        }
    }

    private void Run()
    {
        while (!IsAtEnd)
        {
            if (_output.Length > MaxOutput)
            {
                throw Unsupported("an expression that grows too long");
            }

            ReadToken();
        }

        if (_groups.Count > 0)
        {
            throw Invalid("a parenthesis is not closed");
        }
    }

    private void ReadToken()
    {
        var character = Current;
        switch (character)
        {
            case (byte)'\\':
                ReadEscape();
                break;
            case (byte)'[':
                ReadClass();
                break;
            case (byte)'(':
                ReadGroupStart();
                break;
            case (byte)')':
                ReadGroupEnd();
                break;
            case (byte)'*' or (byte)'+' or (byte)'?':
                _position++;
                Repeat(((char)character).ToString());
                break;
            case (byte)'{' when TryReadCounts(out var counts):
                Repeat(counts);
                break;
            case (byte)'|':
                _position++;
                _output.Append('|');
                _item = -1;
                break;
            case (byte)'^':
                _position++;
                AppendAssertion("^");
                break;
            case (byte)'$':
                _position++;
                AppendAssertion((_options & (PcreOptions.DollarEndOnly | PcreOptions.Multiline)) == PcreOptions.DollarEndOnly ? "\\z" : "$");
                break;
            case (byte)'.':
                _position++;
                AppendItem(".");
                break;
            case (byte)' ' or (>= 0x09 and <= 0x0D) when _options.HasFlag(PcreOptions.Extended):
                _position++;
                break;
            case (byte)'#' when _options.HasFlag(PcreOptions.Extended):
                var end = Rest.IndexOf((byte)'\n');
                _position = end < 0 ? _text.Length : _position + end + 1;
                break;
            default:
                _position++;
                AppendLiteral(character);
                break;
        }
    }

    private void AppendLiteral(byte value)
    {
        BeginItem();
        PcreClass.WriteEscaped(_output, value);
    }

    private void AppendItem(string text)
    {
        BeginItem();
        _output.Append(text);
    }

    /// <summary>Something that consumes nothing and cannot be repeated.</summary>
    private void AppendAssertion(string text)
    {
        _output.Append(text);
        _item = -1;
    }

    private void BeginItem() => (_item, _isRepeated) = (_output.Length, false);

    /// <summary>Reads the suffix of a repetition and applies it to the last item.</summary>
    private void Repeat(string counts)
    {
        if (_item < 0)
        {
            throw Invalid("there is nothing to repeat", back: 1);
        }

        if (_isRepeated)
        {
            // A repetition of a repetition: the framework wants a group between them.
            _output.Insert(_item, "(?:").Append(')');
        }

        var suffix = IsAtEnd ? 0 : Current;
        var isLazy = suffix == '?';
        if (suffix is (byte)'?' or (byte)'+')
        {
            _position++;
        }

        _output.Append(counts);
        if (suffix == '+')
        {
            _output.Insert(_item, "(?>").Append(')');
            _needsBacktracking = true;
        }
        else if (isLazy != _options.HasFlag(PcreOptions.Ungreedy))
        {
            _output.Append('?');
        }

        _isRepeated = true;
    }

    /// <summary><c>{n}</c>, <c>{n,}</c>, <c>{n,m}</c>; anything else behind a brace makes it a plain character.</summary>
    private bool TryReadCounts([NotNullWhen(true)] out string? counts)
    {
        counts = null;
        var end = Rest.IndexOf((byte)'}');
        if (end < 0)
        {
            return false;
        }

        var inside = Rest[1..end];
        var comma = inside.IndexOf((byte)',');
        var maximumText = comma < 0 ? [] : inside[(comma + 1)..];
        if (!DecimalNumber.TryRead(comma < 0 ? inside : inside[..comma], MaxRepeat + 1, out var minimum))
        {
            return false;
        }

        long maximum = minimum;
        if (!maximumText.IsEmpty && !DecimalNumber.TryRead(maximumText, MaxRepeat + 1, out maximum))
        {
            return false;
        }

        if (minimum > MaxRepeat || maximum > MaxRepeat)
        {
            throw Invalid("a repetition has too large a count");
        }

        if (maximum < minimum)
        {
            throw Invalid("a repetition has its counts in the wrong order");
        }

        _position += end + 1;
        counts = comma < 0
            ? string.Create(CultureInfo.InvariantCulture, $"{{{minimum}}}")
            : maximumText.IsEmpty
                ? string.Create(CultureInfo.InvariantCulture, $"{{{minimum},}}")
                : string.Create(CultureInfo.InvariantCulture, $"{{{minimum},{maximum}}}");
        return true;
    }

    private PcreException Invalid(string what, int back = 0) => new(what, Math.Clamp(_position - back, 0, _text.Length), false);

    private PcreException Unsupported(string what) => new(what, Math.Min(_position, _text.Length), true);

    /// <param name="Start">Where it starts in the output.</param>
    /// <param name="Options">Those outside it, which hold again behind it.</param>
    private readonly record struct Group(int Start, PcreOptions Options);
}
