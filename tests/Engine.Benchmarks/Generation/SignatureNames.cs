using System.Globalization;

namespace Engine.Benchmarks.Generation;

/// <summary>Names such as <c>Win.Trojan.Agent-1234567-0</c>, each once.</summary>
internal sealed class SignatureNames(Random random)
{
    private static readonly string[] _categories =
        ["Trojan", "Trojan", "Trojan", "Malware", "Malware", "Malware", "Dropper", "Downloader", "Worm", "Ransomware", "Adware", "Packed", "Spyware", "Virus", "Keylogger", "Exploit"];

    private static readonly string[] _syllables =
        ["za", "bo", "te", "ko", "ri", "vu", "mal", "dro", "ex", "or", "in", "fy", "ga", "lu", "per", "no", "si", "xe", "cry", "bit"];

    private readonly string[] _families =
        [.. Enumerable.Repeat("Agent", 60), .. Enumerable.Repeat("Generic", 30), .. Enumerable.Range(0, 210).Select(_ => Family(random))];

    private int _number = 1_000_000;

    public string Next(int target) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Platform(target)}.{_categories[random.Next(_categories.Length)]}.{_families[random.Next(_families.Length)]}-{++_number}-0");

    private static string Family(Random random)
    {
        var name = string.Concat(Enumerable.Range(0, random.Next(2, 5)).Select(_ => _syllables[random.Next(_syllables.Length)]));
        return char.ToUpperInvariant(name[0]) + name[1..];
    }

    private static string Platform(int target) => target switch
    {
        2 => "Doc",
        3 => "Html",
        4 => "Email",
        5 => "Img",
        6 => "Unix",
        7 => "Txt",
        9 => "Osx",
        10 => "Pdf",
        11 => "Swf",
        12 => "Java",
        _ => "Win",
    };
}
