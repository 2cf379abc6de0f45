using System.Buffers.Binary;
using Definitions.Signatures;
using Engine.Images;

namespace Engine.Matching;

/// <summary>
/// Decides which logical signatures are true of an object once its bytes have passed by (clamav-formats.md §3.7): those
/// that bodies woke, those of an image hash, and those that need no occurrence. Counts that nobody asks for are not
/// found out. Nothing here grows with the number of signatures.
/// </summary>
internal sealed class LogicalEvaluator(MatchContext context, Image image, BodyStates states) : SubsignatureCounts
{
    private readonly BodyCounter _counter = new(context.Budget);
    private readonly RegexRunner _regexes = new(context, image);
    private FormulaMachine? _formulas;
    private readonly PositionList _woken = new();
    private readonly long[] _counts = new long[LogicalSignature.MaxSubsignatures];
    private ulong _known;
    private uint _first;
    private int _limit;
    private MatchSubject _subject;

    /// <summary>False when a regular expression or a formula was given up, and with it each signature that asked for it.</summary>
    public bool IsComplete { get; private set; } = true;

    public void Start(in MatchSubject subject)
    {
        _subject = subject;
        IsComplete = true;
        _woken.Clear();
    }

    /// <summary>Lets go of the object.</summary>
    public void End()
    {
        _subject = default;
        _formulas?.End();
    }

    /// <summary>Notes the signatures that a body wakes.</summary>
    /// <param name="users">Start of the body's list.</param>
    public void Wake(uint users)
    {
        var words = image.Words(image.Tables.Logical.BodyUsers);
        var count = Checked.Word(words, users + 1L);
        context.Budget.Spend(count);
        for (var i = 0L; i < count; i++)
        {
            _woken.Add(Checked.Word(words, users + 2L + i));
        }
    }

    /// <summary>The number of occurrences beyond which a body need not be counted.</summary>
    public long CapOf(uint users) => Checked.Word(image.Words(image.Tables.Logical.BodyUsers), users);

    /// <summary>Tells every true signature, in the order of the database; ends early when the callback returns false.</summary>
    /// <param name="report">Told the signature; false to end.</param>
    /// <returns>False when the callback ended it.</returns>
    public bool Evaluate(Func<uint, bool> report)
    {
        WakeHashes();
        _woken.SortDistinct();
        foreach (var target in (ReadOnlySpan<int>)[0, _subject.Target])
        {
            if (target == 0 || _subject.Target != 0)
            {
                foreach (var index in image.Words(image.Tables.Logical.Always(target)))
                {
                    _woken.Add(index);
                }
            }
        }

        _woken.SortDistinct();
        foreach (var index in _woken.Span)
        {
            context.Budget.Spend(1);
            if (context.Budget.IsExhausted)
            {
                // What is left is reported as not looked at.
                return true;
            }

            var record = new LogicalRecord(image, (uint)index);
            if (IsTrue(record) && !context.Budget.IsExhausted && !Conclude(record, report))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Count of a subsignature of the signature that is looked at.</summary>
    public override long Count(int id)
    {
        if (id >= _limit)
        {
            throw ImageException.Damaged("an expression names no subsignature");
        }

        var bit = 1UL << id;
        if ((_known & bit) == 0)
        {
            // Marked first: a subsignature that refers to itself, by whatever way, counts 0.
            _known |= bit;
            _counts[id] = 0;
            _counts[id] = FindCount(id);
        }

        return _counts[id];
    }

    /// <summary>
    /// Reports a true signature, but for the first one with a handler: that has the object scanned again, where it is reported
    /// if it is true there. In binary data, whose bytes meet target 0 twice, it is true again at once (measured).
    /// </summary>
    private bool Conclude(in LogicalRecord record, Func<uint, bool> report)
    {
        if (record.Handler == LogicalRecord.NoType || _subject.IsHandled || context.Handler is not null
            || context.Images.IsIgnored(image, record.Signature))
        {
            return report(record.Signature);
        }

        context.Handler = (FileTypeName)record.Handler;
        return record.Target != 0 || _subject.Target != SignatureTargets.BinaryData || report(record.Signature);
    }

    private bool IsTrue(in LogicalRecord record)
    {
        if ((record.Target != 0 && record.Target != _subject.Target) || !LogicalConditions.Hold(record, _subject))
        {
            return false;
        }

        _formulas?.Begin(record.FirstSubsignature);
        (_known, _first, _limit) = (0, record.FirstSubsignature, Math.Min(record.SubsignatureCount, _counts.Length));
        _regexes.HasGivenUp = false;
        context.Formulas.StartSignature();
        var isTrue = ExpressionCode.IsTrue(record.Expression, this);

        // Nobody knows the count of what was given up: neither many nor none may follow from it.
        var hasGivenUp = _regexes.HasGivenUp || context.Formulas.Budget.IsExhausted;
        IsComplete &= !hasGivenUp;
        return isTrue && !hasGivenUp;
    }

    private long FindCount(int id)
    {
        var record = SubsignatureRecord.Read(image, _first + id);
        switch (record.Kind)
        {
            case SubsignatureKind.Body:
                return CountBody(record.First) + CountBody(record.Second);
            case SubsignatureKind.Regex:
                return CountRegex(_first + (uint)id, record);
            case SubsignatureKind.ByteCompare:
                var blob = record.Blob(image);
                var last = LastStart(ByteComparer.Reference(blob));
                return last >= 0 && ByteComparer.Holds(View(), blob, last) ? 1 : 0;
            case SubsignatureKind.Macro:
                return CountMacro(record.Blob(image));
            case SubsignatureKind.FuzzyImage:
                return _subject.FuzzyHash == (((ulong)record.Second << 32) | record.First) ? 1 : 0;
            case SubsignatureKind.FileSize:
                return ObjectTests.HoldsSize(record.Blob(image), _subject.Numbers.Length) ? 1 : 0;
            case SubsignatureKind.NumberAt:
                return ObjectTests.HoldsNumber(record.Blob(image), new ContentView(_subject.Numbers, _subject.Numbers.Length, default, 0)) ? 1 : 0;
            case SubsignatureKind.Formula:
                return Formulas().Holds(record.Blob(image), id) ? 1 : 0;
            default:
                throw ImageException.Damaged("a subsignature is of no kind");
        }
    }

    /// <summary>Made when the first formula is asked for, as most images have none.</summary>
    private FormulaMachine Formulas()
    {
        if (_formulas is null)
        {
            var budget = context.Formulas.Budget;
            _formulas = new FormulaMachine(budget, image, this, new BodyOccurrences(budget, image, states, new BodyCounter(budget)));
            _formulas.Begin(_first);
        }

        _formulas.Start(_subject);
        return _formulas;
    }

    private ContentView View() => new(_subject.Content, _subject.Content.Length, default, 0, _subject.Executable);

    private BodyRecord Body(uint body) => image.Body(body);

    /// <summary>What was counted while the bytes passed by; a body that was only noticed is counted now.</summary>
    private long CountBody(uint body)
    {
        if (body == SubsignatureRecord.None)
        {
            return 0;
        }

        var state = states.Peek(body);
        if (!state.IsPending)
        {
            return state.Count;
        }

        var record = Body(body);
        var (first, last) = record.StartRange(View());
        var count = _counter.Count(View(), record, first, last, CapOf(record.Users), out _, out var lastStart);
        ref var kept = ref states.Get(body);
        (kept.IsPending, kept.Count, kept.Last) = (false, count, lastStart);
        return count;
    }

    /// <summary>Start of the last match of a body subsignature, or -1.</summary>
    private long LastStart(int id)
    {
        if (id >= _limit)
        {
            return -1;
        }

        var record = SubsignatureRecord.Read(image, _first + id);
        return record.Kind != SubsignatureKind.Body ? -1 : Math.Max(LastStart(record.First), LastStart(record.Second));
    }

    private long LastStart(uint body)
    {
        if (body == SubsignatureRecord.None || CountBody(body) == 0)
        {
            return -1;
        }

        var record = Body(body);
        var last = states.Peek(body).Last;
        if (!BodyCounter.IsChain(record))
        {
            return last;
        }

        var range = record.StartRange(View());
        return _counter.StartLeadingTo(View(), record, range.First, range.Last, last);
    }

    private long CountRegex(uint subsignature, in SubsignatureRecord record)
    {
        var blob = new RegexBlob(record.Blob(image));
        return ExpressionCode.IsTrue(blob.Trigger, this) ? _regexes.Count(_subject, subsignature, blob) : 0;
    }

    private long CountMacro(ReadOnlySpan<byte> blob)
    {
        var head = Checked.Slice(blob, 0, MacroMatcher.BlobSize);
        var preceding = head[1] < _limit ? SubsignatureRecord.Read(image, _first + head[1]) : default;
        if (preceding.Kind != SubsignatureKind.Body || Count(head[1]) == 0)
        {
            return 0;
        }

        var distance = (BinaryPrimitives.ReadUInt32LittleEndian(head[4..]), BinaryPrimitives.ReadUInt32LittleEndian(head[8..]));
        var macros = new MacroMatcher(context, image, _counter);
        return macros.Follows(View(), preceding.First, head[0], distance) || macros.Follows(View(), preceding.Second, head[0], distance)
            ? 1 : 0;
    }

    /// <summary>Signatures with exactly the object's image hash.</summary>
    private void WakeHashes()
    {
        var section = image.Tables.Logical.FuzzyHashes;
        if (!section.IsPresent || _subject.FuzzyHash is not { } hash)
        {
            return;
        }

        var entries = image.Bytes(section);
        var (low, high) = (0, entries.Length / 12);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = HashAt(entries, middle) < hash ? (middle + 1, high) : (low, middle);
        }

        for (; low < entries.Length / 12 && HashAt(entries, low) == hash; low++)
        {
            _woken.Add(BinaryPrimitives.ReadUInt32LittleEndian(Checked.Slice(entries, (low * 12L) + 8, 4)));
        }
    }

    private static ulong HashAt(ReadOnlySpan<byte> entries, int index) =>
        BinaryPrimitives.ReadUInt64LittleEndian(Checked.Slice(entries, index * 12L, 8));
}
