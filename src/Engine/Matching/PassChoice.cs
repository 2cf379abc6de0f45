using Engine.Images;

namespace Engine.Matching;

/// <summary>
/// Which pass looks for which class of window, by how many there are of each: fewer passes are faster, and a class that
/// is nearly empty can go along with another one at some hundred grams a window (matcher-design.md §2.4).
/// </summary>
/// <param name="Fours">Windows of 4 bytes.</param>
/// <param name="Fives">Windows of 5 bytes.</param>
/// <param name="Sevens">Windows of 7 bytes.</param>
/// <param name="IsClosed">Some windows of 5 are too common to be met by 3 of their bytes.</param>
internal readonly record struct PassChoice(long Fours, long Fives, long Sevens, bool IsClosed)
{
    /// <summary>Windows of 4 bytes that the pass for 5 takes along, each as 129 grams; more go into the pass for 3.</summary>
    private const int MaxFours = 4096;

    /// <summary>Windows of 5 bytes that the pass for 7 takes along in any case, each as 258 grams.</summary>
    private const int MinFives = 256;

    /// <summary>And one for so many of 7, which doubles the grams.</summary>
    private const int SevensPerFive = 64;

    /// <summary>True when the pass for windows of 7 takes those of 5 along.</summary>
    public bool HasOpenFives => Fours == 0 && !IsClosed && Sevens > 0 && Fives <= MinFives + (Sevens / SevensPerFive);

    /// <summary>Of images that are searched together.</summary>
    public static PassChoice Of(IReadOnlyList<Image> images) => new(
        images.Sum(i => (long)i.Tables.Windows(GramClass.Four).Entries.Count),
        images.Sum(i => (long)i.Tables.Windows(GramClass.Five).Entries.Count),
        images.Sum(i => (long)i.Tables.Windows(GramClass.Seven).Entries.Count),
        images.Any(i => i.Tables.Alignments(FilterPass.Stride2).IsPresent));

    public static PassChoice Of(IReadOnlyList<Anchor> anchors, bool isClosed) => new(
        anchors.LongCount(a => a.Class == GramClass.Four),
        anchors.LongCount(a => a.Class == GramClass.Five),
        anchors.LongCount(a => a.Class == GramClass.Seven),
        isClosed);

    public FilterPass PassOf(GramClass gram) => gram switch
    {
        GramClass.Fifteen => FilterPass.Stride8,
        GramClass.Seven => FilterPass.Stride4,
        GramClass.Five => HasOpenFives ? FilterPass.Stride4 : FilterPass.Stride2,
        GramClass.Four => Fours <= MaxFours ? FilterPass.Stride2 : FilterPass.Stride1,
        GramClass.Three or GramClass.Two => FilterPass.Stride1,
    };
}
