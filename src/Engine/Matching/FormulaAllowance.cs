namespace Engine.Matching;

/// <summary>
/// What formulas may cost: those of one signature 32 units per byte and 16 Mi units on top, which takes a loop with a dozen
/// parts over every byte to its end; those of all twice as much. So one that goes on and on takes nothing from signatures
/// without formulas, and little from others.
/// </summary>
internal sealed class FormulaAllowance
{
    private const int PerByte = 32;

    /// <summary>Signatures that may use up all that one may.</summary>
    private const int Signatures = 2;

    private long _each;
    private long _left;
    private long _begun;
    private Action _progress = static () => { };

    /// <summary>Of the signature that is looked at; used up, the signature is not decided.</summary>
    public WorkBudget Budget { get; } = new();

    public void StartObject(long length, Action progress)
    {
        (_each, _progress) = (WorkBudget.UnitsFor(length, PerByte), progress);
        (_left, _begun) = (_each * Signatures, 0);
        Budget.Start(0, progress);
    }

    public void StartSignature()
    {
        _left -= _begun - Math.Max(0, Budget.Left);
        _begun = Math.Min(_each, _left);
        Budget.Start(_begun, _progress);
    }
}
