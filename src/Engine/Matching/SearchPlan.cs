using System.Numerics;
using Engine.Images;

namespace Engine.Matching;

/// <summary>
/// What is run over the bytes of an object for a set of images (shards), built once per set and shared by all its
/// matchers. With one image the filters are its mapped sections. With several, their grams are put into one filter per
/// target and pass, in private memory, when an object of that target first comes by: one pass serves all images, and
/// as few positions pass as if they had been compiled together. Thread-safe.
/// </summary>
internal sealed class SearchPlan
{
    private readonly Lazy<PassPlan[]>[] _targets;
    private readonly Lazy<byte[]>[] _alignments;
    private readonly Lazy<bool>[] _places;
    private readonly PassChoice _choice;

    private SearchPlan(IReadOnlyList<Image> images)
    {
        Images = images;
        _choice = PassChoice.Of(images);
        _alignments = new Lazy<byte[]>[FilterPasses.Count];
        foreach (var pass in FilterPasses.All)
        {
            _alignments[(int)pass] = new Lazy<byte[]>(() => JoinAlignments(pass));
        }

        _targets = new Lazy<PassPlan[]>[ImageTables.Targets];
        _places = new Lazy<bool>[ImageTables.Targets];
        for (var target = 0; target < _targets.Length; target++)
        {
            var wanted = target;
            _places[target] = new Lazy<bool>(() => PlaceSearcher.HasPlaces(images, wanted));
            _targets[target] = new Lazy<PassPlan[]>(() => Build(wanted));
        }
    }

    /// <summary>The shards; <see cref="AnchorSink.OnAnchor"/> names them by index.</summary>
    public IReadOnlyList<Image> Images { get; }

    /// <summary>Costs nothing that grows with the number of signatures.</summary>
    public static SearchPlan Of(IReadOnlyList<Image> images) => new([.. images]);

    /// <summary>Builds what the first objects would otherwise wait for; nothing to do for one image.</summary>
    /// <exception cref="ImageException">An image is damaged.</exception>
    public void Prepare()
    {
        for (var target = 0; target < _targets.Length && Images.Count > 1; target++)
        {
            For(target);
        }
    }

    /// <summary>The passes over an object of a target, 0 to 14; none when no image has an anchor for it.</summary>
    /// <exception cref="ImageException">An image is damaged.</exception>
    public ReadOnlySpan<PassPlan> For(int target) => _targets[target].Value;

    /// <summary>Whether any body has one place for a target.</summary>
    /// <exception cref="ImageException">An image is damaged.</exception>
    public bool HasPlaces(int target) => _places[target].Value;

    private PassPlan[] Build(int target)
    {
        var passes = new List<PassPlan>();
        foreach (var pass in FilterPasses.All)
        {
            var plan = Images.Count == 1 ? FromImage(Images[0], target, pass) : Join(target, pass);
            if (plan is { IsEmpty: false })
            {
                passes.Add(plan);
            }
        }

        return [.. passes];
    }

    private static PassPlan? FromImage(Image image, int target, FilterPass pass) =>
        image.Tables.Filter(target, pass) is { IsPresent: true } filter
            ? new PassPlan(pass, image, filter, image.Tables.Alignments(pass))
            : null;

    private PassPlan? Join(int target, FilterPass pass)
    {
        // A target without anchors of its own shares what target 0 has.
        if (target != 0 && !FilterPasses.All.ToArray().Any(p => Images.Any(i => i.Tables.HasOwnFilter(target, p))))
        {
            return _targets[0].Value.FirstOrDefault(p => p.Pass == pass);
        }

        var grams = CountGrams(pass, target);
        if (grams == 0)
        {
            return null;
        }

        var table = new GramTable(pass, GramTable.NewFilter(grams), []);
        AddWindows(table, pass, target);
        return new PassPlan(pass, table.Filter, _alignments[(int)pass].Value);
    }

    private byte[] JoinAlignments(FilterPass pass)
    {
        var table = new GramTable(pass, [], GramTable.NewAlignments(CountGrams(pass, target: null)));
        AddWindows(table, pass, target: null);
        return table.Alignments;
    }

    /// <param name="target">Null = of all targets.</param>
    private long CountGrams(FilterPass pass, int? target)
    {
        long count = 0;
        foreach (var gram in FilterPasses.Classes)
        {
            if (_choice.PassOf(gram) != pass)
            {
                continue;
            }

            foreach (var image in Images)
            {
                var entries = image.Bytes(image.Tables.Windows(gram).Entries);
                for (var at = 0; at < entries.Length; at += AnchorEntry.Size)
                {
                    count += IsFor(entries[at..], target) ? GramPlaces.Count(pass, gram) : 0;
                }
            }
        }

        return count;
    }

    private void AddWindows(GramTable table, FilterPass pass, int? target)
    {
        foreach (var gram in FilterPasses.Classes)
        {
            if (_choice.PassOf(gram) != pass)
            {
                continue;
            }

            foreach (var image in Images)
            {
                var windows = image.Tables.Windows(gram);
                var entries = image.Bytes(windows.Entries);
                for (var i = 0; i < windows.Entries.Count; i++)
                {
                    if (IsFor(entries[(i * AnchorEntry.Size)..], target))
                    {
                        table.Add(gram, windows.WindowAt(image, i));
                    }
                }
            }
        }
    }

    private static bool IsFor(ReadOnlySpan<byte> entry, int? target) =>
        target is not { } wanted || AnchorEntry.IsFor(entry, wanted);
}

/// <summary>One pass over the bytes of objects of a target.</summary>
internal sealed class PassPlan
{
    private readonly Image? _image;
    private readonly Section _filter;
    private readonly Section _alignments;
    private readonly uint[] _ownFilter = [];
    private readonly byte[] _ownAlignments = [];

    /// <summary>Of mapped sections.</summary>
    public PassPlan(FilterPass pass, Image image, Section filter, Section alignments)
    {
        (Pass, _image, _filter, _alignments) = (pass, image, filter, alignments);
        (FilterLog2, AlignmentLog2) = (filter.Log2, alignments.Log2);
    }

    /// <summary>Of joined tables.</summary>
    public PassPlan(FilterPass pass, uint[] filter, byte[] alignments)
    {
        (Pass, _ownFilter, _ownAlignments) = (pass, filter, alignments);
        (FilterLog2, AlignmentLog2) = (BitOperations.Log2((uint)filter.Length), BitOperations.Log2((uint)alignments.Length));
    }

    public FilterPass Pass { get; }

    public int FilterLog2 { get; }

    public int AlignmentLog2 { get; }

    /// <summary>No gram can pass. Only the smallest filters are looked at: larger ones are made for grams.</summary>
    public bool IsEmpty => FilterLog2 <= GramTable.MinLog2 && !Filter.ContainsAnyExcept(0u);

    /// <summary><c>1 &lt;&lt; FilterLog2</c> words.</summary>
    public ReadOnlySpan<uint> Filter => _image is null ? _ownFilter : _image.Words(_filter);

    public ReadOnlySpan<byte> Alignments => _image is null ? _ownAlignments : _image.Bytes(_alignments);
}
