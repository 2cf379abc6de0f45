namespace Engine.Matching;

/// <summary>
/// What formulas may cost: those of one signature as much as the verification of the object, those of all four times as
/// much. So one that goes on and on takes nothing from signatures without formulas, and little from others.
/// </summary>
internal sealed class FormulaAllowance
{
    private const int Signatures = 4;

    private long _each;
    private long _left;
    private long _begun;
    private Action _progress = static () => { };

    /// <summary>Of the signature that is looked at; used up, the signature is not decided.</summary>
    public WorkBudget Budget { get; } = new();

    public void StartObject(long length, Action progress)
    {
        (_each, _progress) = (WorkBudget.UnitsFor(length), progress);
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
