using Definitions.Formats.ClamAv;
using Definitions.Signatures;

namespace Definitions.Formats.Yara;

/// <summary>
/// Rules of <c>.yar</c> and <c>.yara</c>, in the subset that the reference engine takes (clamav-formats.md §3.11,
/// docs/yara.md). A rule beyond it is left out, with a finding that names the construction; the others load. Only an invalid
/// expression, and a hex string of the last rule that cannot be searched for, make the file malformed, as they do there.
/// </summary>
internal static class YaraFile
{
    /// <summary>Bytes of a rule file; rules refer to each other, so it is read whole.</summary>
    public const int MaxBytes = 32 * 1024 * 1024;

    /// <summary>What reported names of rules start with.</summary>
    public const string NamePrefix = "YARA.";

    public static bool IsRuleFile(string fileName) =>
        Path.GetExtension(fileName).ToLowerInvariant() is ".yar" or ".yara";

    public static SignatureParseSummary Parse(Stream content, SignatureFile file, Action<Signature> accept, LineReport report)
    {
        if (ReadAll(content) is not { } text)
        {
            report.FileError(SignatureCodes.RuleTooLarge, $"The file is longer than {MaxBytes} bytes.");
            return new SignatureParseSummary(0, 0, 1);
        }

        if (report.IsPacked(text))
        {
            return new SignatureParseSummary(0, 0, 1);
        }

        return new YaraFileReader(text, file, accept, report).Read();
    }

    private static byte[]? ReadAll(Stream content)
    {
        using var text = new MemoryStream();
        var buffer = new byte[64 * 1024];
        for (int read; (read = content.Read(buffer, 0, buffer.Length)) > 0;)
        {
            if (text.Length + read > MaxBytes)
            {
                return null;
            }

            text.Write(buffer, 0, read);
        }

        return text.ToArray();
    }
}

/// <summary>Goes through one file rule by rule.</summary>
internal sealed class YaraFileReader(byte[] text, SignatureFile file, Action<Signature> accept, LineReport report)
{
    private readonly YaraRuleTable _rules = new();
    private readonly YaraTokens _tokens = new(new YaraLexer(text));
    private long _loaded;
    private long _skipped;
    private long _errors;

    // A hex string that cannot be searched for; what it does is known with the next rule or at the end.
    private YaraException? _pending;

    public SignatureParseSummary Read()
    {
        while (_tokens.Current.Kind != YaraTokenKind.End)
        {
            ReadItem();
        }

        if (_pending is { } malformed)
        {
            _errors++;
            Report(malformed, isMalformed: true);
        }

        return new SignatureParseSummary(_loaded, _skipped, _errors) { Lines = _tokens.Lexer.Line };
    }

    private void ReadItem()
    {
        var at = _tokens.Current;
        YaraRuleReader? reader = null;
        try
        {
            if (at.Is("import") || at.Is("include"))
            {
                ReadDirective(at);
                return;
            }

            reader = new YaraRuleReader(_tokens, file, _rules, Warn);
            Take(reader.Read(), at);
        }
        catch (YaraException e)
        {
            Leave(e, reader?.Name);
            SkipToNextRule(at);
        }
    }

    private void Leave(YaraException e, string? name)
    {
        if (name is not null && !_rules.TryAdd(name, null) && e.Fault != YaraFault.Rule)
        {
            e = Duplicate(name, e.At);
        }

        if (e.IsWellFormed)
        {
            EndPending();
        }

        if (e.Fault == YaraFault.HexString)
        {
            _pending = e;
        }
        else if (e.Fault == YaraFault.Expression)
        {
            _errors++;
            Report(e, isMalformed: true);
        }
        else
        {
            _skipped++;
            Report(e, isMalformed: false);
        }
    }

    /// <summary>A well-formed rule follows.</summary>
    private void EndPending()
    {
        if (_pending is { } left)
        {
            _skipped++;
            Report(left, isMalformed: false);
            _pending = null;
        }
    }

    private static YaraException Duplicate(string name, YaraToken at) =>
        new(SignatureCodes.RuleDuplicate, at, $"There is a rule {name} before this one.");

    /// <summary>Imported modules have no effect until a rule asks one; other files are never read.</summary>
    private void ReadDirective(YaraToken at)
    {
        _tokens.Take();
        _tokens.Expect(YaraTokenKind.Text, "a name in quotes");
        if (at.Is("include"))
        {
            throw new YaraException(SignatureCodes.RuleInclude, at, "Other files are not included: put their rules beside this file.");
        }
    }

    private void Take(YaraRule rule, YaraToken first)
    {
        report.Line = rule.At.Line;
        var signature = new LogicalSignature
        {
            Name = YaraFile.NamePrefix + rule.Name,
            ListedName = rule.Name,
            Line = rule.At.Line,
            SourceMd5 = report.Md5Of(text.AsSpan(first.Start, _tokens.Current.Start - first.Start).TrimEnd(" \t\r\n"u8)),
            Description = new TargetDescription { Target = 0 },
            Expression = rule.Expression,
            Subsignatures = rule.Subsignatures,
        };
        if (!_rules.TryAdd(rule.Name, signature))
        {
            throw Duplicate(rule.Name, rule.At);
        }

        EndPending();
        report.Line = rule.At.Line;

        if (rule.IsPrivate)
        {
            _skipped++;
            report.SkipSilently(SignatureCodes.RulePrivate, rule.At.Column, $"The rule {rule.Name} is private: it serves other rules only.");
            return;
        }

        _loaded++;
        accept(signature);
    }

    private void Warn(YaraToken at, string message)
    {
        report.Line = at.Line;
        report.Warn(SignatureCodes.RuleModifier, at.Column, message);
    }

    private void Report(YaraException e, bool isMalformed)
    {
        report.Line = e.At.Line;
        if (isMalformed)
        {
            report.Error(e.Code, e.At.Column, e.Message);
        }
        else
        {
            report.Skip(e.Code, e.At.Column, e.Message);
        }
    }

    /// <summary>Moves at least one token on, then to a word that can start a rule.</summary>
    private void SkipToNextRule(YaraToken from)
    {
        if (_tokens.Current.Start <= from.Start)
        {
            _tokens.Take();
        }

        while (_tokens.Current.Kind != YaraTokenKind.End
            && _tokens.Current is not { Kind: YaraTokenKind.Word, Text: "rule" or "private" or "global" or "import" or "include" })
        {
            _tokens.Take();
        }
    }
}
