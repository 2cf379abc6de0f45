using Engine.Images;

namespace Engine.Matching;

/// <summary>
/// Which pass looks for which class of window, by how many there are: fewer passes are faster, and a class that is
/// nearly empty can go along with another one at some hundred grams a window (matcher-design.md §2.4).
/// </summary>
/// <param name="Fours">Windows of 4 bytes.</param>
internal readonly record struct PassChoice(long Fours)
{
    /// <summary>Windows of 4 bytes that the pass for 5 takes along, each as 129 grams; more go into the pass for 3.</summary>
    private const int MaxFours = 4096;

    /// <summary>Of images that are searched together.</summary>
    public static PassChoice Of(IReadOnlyList<Image> images) =>
        new(images.Sum(i => (long)i.Tables.Windows(GramClass.Four).Entries.Count));

    public FilterPass PassOf(GramClass gram) => gram switch
    {
        GramClass.Eight => FilterPass.Long,
        GramClass.Five => FilterPass.Medium,
        GramClass.Four => Fours <= MaxFours ? FilterPass.Medium : FilterPass.Short,
        GramClass.Three or GramClass.Two => FilterPass.Short,
    };
}
