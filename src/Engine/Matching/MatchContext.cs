using Definitions.Signatures;
using Engine.Images;

namespace Engine.Matching;

/// <summary>What the images of one matcher share while an object is matched. Used by one scan thread.</summary>
internal sealed class MatchContext(ImageSet images)
{
    public ImageSet Images { get; } = images;

    /// <summary>What verification may cost for the object.</summary>
    public WorkBudget Budget { get; } = new();

    /// <summary>What formulas may cost.</summary>
    public FormulaAllowance Formulas { get; } = new();

    /// <summary>Time for regular expressions.</summary>
    public RegexAllowance RegexAllowance { get; } = new();

    /// <summary>The object as regular expressions see it.</summary>
    public ObjectText Text { get; } = new();

    /// <summary>The type that the object is to be scanned as again; null = none.</summary>
    public FileTypeName? Handler { get; set; }
}
