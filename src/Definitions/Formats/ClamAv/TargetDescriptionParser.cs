using System.Text;
using Definitions.Signatures;

namespace Definitions.Formats.ClamAv;

/// <summary>
/// <c>Key:value,Key:value,…</c> (clamav-formats.md §3.7, target description block). Keys are read from left to right and
/// the first that is wrong or meant for another engine decides; a repeated key counts last.
/// </summary>
internal sealed class TargetDescriptionParser
{
    private const int MaxTarget = 14;
    private const int MaxKeys = 32;
    private const int MaxIntermediates = 16;
    private const long MaxNumber = uint.MaxValue;

    /// <summary>Every key but <c>Target</c> needs an <c>Engine</c> with at least this minimum before it.</summary>
    private const long KeysLevel = 51;

    private readonly int _column;
    private readonly LineReport _report;
    private long _minimumLevel;
    private int? _target;
    private NumberRange? _fileSize;
    private NumberRange? _entryPoint;
    private NumberRange? _sections;
    private FileTypeName? _container;
    private FileTypeName? _handler;
    private List<FileTypeName>? _intermediates;
    private string? _iconGroup1;
    private string? _iconGroup2;

    private TargetDescriptionParser(int column, LineReport report) => (_column, _report) = (column, report);

    /// <summary>Reads a whole block.</summary>
    /// <param name="column">1-based column of the block's first byte.</param>
    /// <param name="requiresTarget">False: a missing <c>Target</c> is 0 (<c>.pwdb</c>, §3.10).</param>
    /// <param name="description">Not null exactly when the outcome is <see cref="LineOutcome.Accepted"/>.</param>
    public static LineOutcome Parse(
        ReadOnlySpan<byte> text, int column, bool requiresTarget, LineReport report, out TargetDescription? description) =>
        new TargetDescriptionParser(column, report).Parse(text, requiresTarget, out description);

    private LineOutcome Parse(ReadOnlySpan<byte> text, bool requiresTarget, out TargetDescription? description)
    {
        description = null;
        var keys = new LineFields(text, (byte)',', stackalloc int[MaxKeys + 1]);
        if (keys.Count > MaxKeys)
        {
            return _report.Error(SignatureCodes.DescriptionKey, _column, $"The target description has more than {MaxKeys} keys.");
        }

        for (var i = 0; i < keys.Count; i++)
        {
            var outcome = ReadKey(keys[i], _column + keys.Column(i) - 1, isFirst: i == 0);
            if (outcome != LineOutcome.Accepted)
            {
                return outcome;
            }
        }

        if (_target is null && requiresTarget)
        {
            return _report.Error(SignatureCodes.DescriptionTarget, _column, "The target description names no Target; 0 to 14 are in use.");
        }

        var target = _target ?? 0;
        if ((_entryPoint is not null || _sections is not null) && target is not (1 or 6 or 9))
        {
            return _report.Error(SignatureCodes.DescriptionTarget, _column,
                $"EntryPoint and NumberOfSections need an executable: Target 1, 6 or 9, not {target}.");
        }

        if ((_iconGroup1 is not null || _iconGroup2 is not null) && target != 1)
        {
            return _report.Error(SignatureCodes.DescriptionTarget, _column, $"IconGroup1 and IconGroup2 need Target 1, not {target}.");
        }

        description = ToDescription(target);
        return LineOutcome.Accepted;
    }

    private TargetDescription ToDescription(int target) => new()
    {
        Target = target,
        HasTarget = _target is not null,
        FileSize = _fileSize,
        EntryPoint = _entryPoint,
        NumberOfSections = _sections,
        Container = _container,
        Intermediates = _intermediates ?? [],
        IconGroup1 = _iconGroup1,
        IconGroup2 = _iconGroup2,
        HandlerType = _handler,
    };

    private LineOutcome ReadKey(ReadOnlySpan<byte> text, int column, bool isFirst)
    {
        var colon = text.IndexOf((byte)':');
        if (colon < 0 || text[(colon + 1)..].Contains((byte)':'))
        {
            return _report.Error(SignatureCodes.DescriptionKey, column,
                $"{Quoted.Text(text)} is no entry of a target description; each is one Key:value, entries are set apart by commas.");
        }

        var key = text[..colon];
        var value = text[(colon + 1)..];
        column += colon + 1;
        if (key.SequenceEqual("Target"u8))
        {
            return ReadTarget(value, column);
        }

        if (key.SequenceEqual("Engine"u8))
        {
            return ReadEngine(value, column, isFirst);
        }

        var known = ReadCondition(key, value, column);
        return known == LineOutcome.Accepted && _minimumLevel < KeysLevel
            ? _report.Error(SignatureCodes.DescriptionEngine, column,
                $"{Quoted.Text(key)} needs an Engine with a minimum of {KeysLevel} or more before it.")
            : known;
    }

    /// <summary>Empty is 0; higher ones than this engine's are for engines to come.</summary>
    private LineOutcome ReadTarget(ReadOnlySpan<byte> value, int column)
    {
        long number = 0;
        if (!value.IsEmpty && !DecimalNumber.TryRead(value, int.MaxValue, out number))
        {
            return _report.Error(SignatureCodes.Target, column,
                $"The target {Quoted.Text(value)} is not a decimal number; 0 to 14 are in use.");
        }

        _target = (int)number;
        return number <= MaxTarget ? LineOutcome.Accepted : LineOutcome.Skipped;
    }

    private LineOutcome ReadEngine(ReadOnlySpan<byte> value, int column, bool isFirst)
    {
        if (!isFirst)
        {
            return _report.Error(SignatureCodes.DescriptionEngine, column, "Engine has to be the first key of the target description.");
        }

        if (!TryReadRange(value, column, out var range))
        {
            return LineOutcome.Malformed;
        }

        if (value[^1] == '-')
        {
            _report.Warn(SignatureCodes.EmptyMaximumLevel, column,
                "The maximum functionality level is empty and counts as 0: this line is never loaded. Write 255 for no maximum.");
        }

        _minimumLevel = range.Minimum;
        return range.Contains(EngineVersion.FunctionalityLevel) ? LineOutcome.Accepted : LineOutcome.Skipped;
    }

    /// <summary>Skipped for a key or a type that this engine does not know: an engine to come may.</summary>
    private LineOutcome ReadCondition(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, int column)
    {
        if (key.SequenceEqual("FileSize"u8))
        {
            return ReadRange(value, column, ref _fileSize);
        }

        if (key.SequenceEqual("EntryPoint"u8))
        {
            return ReadRange(value, column, ref _entryPoint);
        }

        if (key.SequenceEqual("NumberOfSections"u8))
        {
            return ReadRange(value, column, ref _sections);
        }

        if (key.SequenceEqual("Container"u8))
        {
            return ReadType(value, column, ref _container);
        }

        if (key.SequenceEqual("HandlerType"u8))
        {
            return ReadType(value, column, ref _handler);
        }

        if (key.SequenceEqual("Intermediates"u8))
        {
            return ReadIntermediates(value, column);
        }

        if (key.SequenceEqual("IconGroup1"u8))
        {
            _iconGroup1 = Encoding.Latin1.GetString(value);
            return LineOutcome.Accepted;
        }

        if (key.SequenceEqual("IconGroup2"u8))
        {
            _iconGroup2 = Encoding.Latin1.GetString(value);
            return LineOutcome.Accepted;
        }

        _report.Skip(SignatureCodes.DescriptionUnknown, column, $"The key {Quoted.Text(key)} of the target description is not known "
            + "to this engine: the line is left out.");
        return LineOutcome.Skipped;
    }

    private LineOutcome ReadRange(ReadOnlySpan<byte> value, int column, ref NumberRange? range)
    {
        if (!TryReadRange(value, column, out var read))
        {
            return LineOutcome.Malformed;
        }

        range = read;
        return LineOutcome.Accepted;
    }

    /// <summary><c>min-max</c>; a missing number is 0.</summary>
    private bool TryReadRange(ReadOnlySpan<byte> value, int column, out NumberRange range)
    {
        range = default;
        var dash = value.IndexOf((byte)'-');
        if (dash >= 0
            && TryReadNumber(value[..dash], out var minimum)
            && TryReadNumber(value[(dash + 1)..], out var maximum))
        {
            range = new NumberRange(minimum, maximum);
            return true;
        }

        _report.Error(SignatureCodes.DescriptionRange, column,
            $"{Quoted.Text(value)} is not a range; min-max with decimal numbers is needed.");
        return false;
    }

    private static bool TryReadNumber(ReadOnlySpan<byte> text, out long number)
    {
        number = 0;
        return text.IsEmpty || DecimalNumber.TryRead(text, MaxNumber, out number);
    }

    private LineOutcome ReadType(ReadOnlySpan<byte> value, int column, ref FileTypeName? type)
    {
        if (FileTypeNames.TryParse(value, out var read))
        {
            type = read;
            return LineOutcome.Accepted;
        }

        _report.Skip(SignatureCodes.DescriptionUnknown, column, $"The file type {Quoted.Text(value)} is not known to this engine: "
            + "the line is left out.");
        return LineOutcome.Skipped;
    }

    private LineOutcome ReadIntermediates(ReadOnlySpan<byte> value, int column)
    {
        var names = new LineFields(value, (byte)'>', stackalloc int[MaxIntermediates + 1]);
        if (names.Count > MaxIntermediates)
        {
            return _report.Error(SignatureCodes.DescriptionRange, column, $"Intermediates names more than {MaxIntermediates} layers.");
        }

        var types = new List<FileTypeName>(names.Count);
        for (var i = 0; i < names.Count; i++)
        {
            FileTypeName? type = null;
            var outcome = ReadType(names[i], column + names.Column(i) - 1, ref type);
            if (outcome != LineOutcome.Accepted)
            {
                return outcome;
            }

            types.Add(type!.Value);
        }

        _intermediates = types;
        return LineOutcome.Accepted;
    }
}
