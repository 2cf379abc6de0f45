namespace Engine.Images;

/// <summary>What one step of a <see cref="NameProgram"/> asks for or does.</summary>
internal enum NameOperation : byte
{
    /// <summary>A character of the class that begins at <see cref="NameStep.First"/> and has <see cref="NameStep.Second"/> ranges.</summary>
    Character,

    /// <summary>As <see cref="Character"/>, but none of the class.</summary>
    OtherCharacter,

    /// <summary>Goes on at both places.</summary>
    Fork,

    /// <summary>Holds at the start of the name.</summary>
    Start,

    /// <summary>Holds at its end.</summary>
    End,

    /// <summary>The expression matches.</summary>
    Match,
}

/// <param name="Operation">What it asks for; all but <see cref="NameOperation.Fork"/> go on at the next step.</param>
internal readonly record struct NameStep(NameOperation Operation, int First, int Second);

/// <summary>
/// An expression for names of members as steps of a machine that is in several places at a time: time grows with the
/// name and the expression, never faster, and a program is some dozen bytes for a character of the expression (Thompson,
/// "Regular expression search algorithm", 1968). Immutable, thread-safe.
/// </summary>
/// <param name="Steps">The first is where a match begins; the last is the only <see cref="NameOperation.Match"/>.</param>
/// <param name="Ranges">First and last character of each range of each class.</param>
internal sealed record NameProgram(NameStep[] Steps, char[] Ranges)
{
    /// <summary>More than 10,000 characters with all repetitions written out, 32 groups deep, need: what the format allows.</summary>
    public const int MaxSteps = 1 << 20;

    /// <summary>True when a match begins at the start of the name only.</summary>
    public bool IsAnchored => Steps[0].Operation == NameOperation.Start;

    private bool IsInClass(in NameStep step, char c)
    {
        for (var i = 0; i < step.Second; i++)
        {
            var at = step.First + (2 * i);
            if (Ranges[at] <= c && c <= Ranges[at + 1])
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the step takes the character.</summary>
    public bool Takes(int step, char c)
    {
        ref readonly var at = ref Steps[step];
        return at.Operation == NameOperation.Character ? IsInClass(at, c)
            : at.Operation == NameOperation.OtherCharacter && !IsInClass(at, c);
    }
}
