using System.Globalization;
using System.Text;

namespace Engine.Benchmarks.Generation;

/// <summary>
/// <c>.ldb</c> lines in the shape of the largest public member: three or five short subsignatures joined by <c>&amp;</c> in
/// most of them, names of system functions shared by thousands, one in twenty another expression, few regular expressions
/// (clamav-formats.md §7).
/// </summary>
internal sealed class LogicalGenerator(FragmentPool fragments, SignatureNames names, Random random)
{
    /// <summary>Hex of <c>MSVBVM??.DLL</c>, which two fifths of a real set's signatures for programs ask for.</summary>
    private const string VisualBasic = "4d535642564d{2}2e444c4c";

    /// <summary>Target and its share of 38,889.</summary>
    private static readonly (int Target, int Share)[] _targets =
        [(1, 34_279), (2, 2_438), (0, 972), (3, 315), (7, 297), (9, 269), (6, 110), (10, 97), (11, 91), (4, 8), (12, 7), (5, 6)];

    private static readonly string[] _shared =
    [
        "CreateRemoteThread", "VirtualAllocEx", "WriteProcessMemory", "URLDownloadToFileA", "WinExec", "ShellExecuteA",
        "RegSetValueExA", "SetWindowsHookExA", "GetAsyncKeyState", "InternetOpenA", "HttpSendRequestA", "CryptEncrypt",
        "\\CurrentVersion\\Run", "cmd.exe /c ", "powershell -e ", "Software\\Microsoft\\Windows", "svchost.exe", "explorer.exe",
        "Mozilla/4.0 (compatible; MSIE 6.0", "This program cannot be run", "NtUnmapViewOfSection", "IsDebuggerPresent",
        "wscript.shell", "AutoIt v3 Script", "NullsoftInst", "UPX!", "mscoree.dll", "_CorExeMain", "Borland\\Delphi",
    ];

    private static readonly string[] _expressions =
    [
        "[a-z0-9]{6,12}\\.(exe|scr|pif)", "http:\\/\\/[^\\s]{4,40}\\/gate\\.php", "(cmd|command)\\.(exe|com) \\/c [a-z]{3}",
        "user(name)?=[^&]{1,20}&pass", "\\x4d\\x5a[\\x00-\\xff]{58}PE", "[A-F0-9]{32}\\.tmp", "eval\\(unescape\\(.{1,40}%u9090",
    ];

    /// <summary>One line, without its end.</summary>
    /// <param name="plant">Receives what matches the line, when it can be planted.</param>
    /// <param name="mustPlant">True: the line gets a target and an expression that can be planted.</param>
    public string Next(bool mustPlant, out PlantedBody? plant)
    {
        var target = PickTarget();
        while (mustPlant && !PlantedBody.CanCarry(target))
        {
            target = PickTarget();
        }

        var count = SubsignatureCount();
        var subsignatures = new List<string>(count);
        var samples = new List<byte[]>(count);
        for (var i = 0; i < count; i++)
        {
            AddSubsignature(target, i, subsignatures, samples);
        }

        var plain = string.Join('&', Enumerable.Range(0, count));
        var expression = mustPlant || count < 3 || random.Next(20) != 0 ? plain : Expression(count);
        if (!mustPlant && random.Next(1000) < 14)
        {
            subsignatures.Add($"0/{_expressions[random.Next(_expressions.Length)]}/{(random.Next(2) == 0 ? "i" : "")}");
            expression = string.Create(CultureInfo.InvariantCulture, $"({expression})&{count}");
        }

        var name = names.Next(target);
        plant = mustPlant ? new PlantedBody(name, target, samples) : null;
        return $"{name};{Description(target, mustPlant)};{expression};{string.Join(';', subsignatures)}";
    }

    private void AddSubsignature(int target, int index, List<string> subsignatures, List<byte[]> samples)
    {
        if (index == 0 && target == 1 && random.Next(100) < 38)
        {
            subsignatures.Add(VisualBasic);
            samples.Add("MSVBVM60.DLL"u8.ToArray());
            return;
        }

        if (index == 1 && target is 0 or 1 && random.Next(100) < 30)
        {
            var text = Encoding.ASCII.GetBytes(_shared[random.Next(_shared.Length)]);
            subsignatures.Add(Convert.ToHexStringLower(text) + (random.Next(3) == 0 ? "::i" : ""));
            samples.Add(text);
            return;
        }

        var length = Math.Clamp((int)BodyGenerator.LogNormal(random, median: 23, sigma: 0.6), 8, 160);
        var bytes = fragments.Draw(BodyGenerator.KindOf(target), length, random);
        var options = random.Next(100) switch
        {
            < 12 => "::i",
            < 16 => "::w",
            < 20 => "::iwa",
            < 22 => "::a",
            _ => "",
        };
        if (target is 3 or 4 or 7 && options.Contains('w', StringComparison.Ordinal))
        {
            // A normalised text holds no zero bytes.
            options = "";
        }

        var body = new BodyPattern();
        if (length >= 20 && random.Next(10) == 0)
        {
            body.Literal(bytes.AsSpan(0, 8)).Any(random.Next(1, 5)).Literal(bytes.AsSpan(8));
        }
        else
        {
            body.Literal(bytes);
        }

        subsignatures.Add(body.Hex + options);
        samples.Add(options == "::w" ? [.. body.Sample.SelectMany(b => (byte[])[b, 0])] : body.Sample);
    }

    /// <summary>Peaks at five and three, with a thin tail to 64.</summary>
    private int SubsignatureCount() => random.Next(1000) switch
    {
        < 431 => 5,
        < 858 => 3,
        < 892 => 6,
        < 922 => 2,
        < 948 => 8,
        < 972 => 1,
        < 996 => random.Next(7, 20),
        _ => random.Next(20, 60),
    };

    private string Expression(int count)
    {
        var last = count - 1;
        var rest = string.Join('&', Enumerable.Range(2, count - 2));
        var any = string.Join('|', Enumerable.Range(0, count));
        return random.Next(6) switch
        {
            0 => $"(0|1)&{rest}",
            1 => $"({any})>1,2",
            2 => $"0>1&1&{rest}",
            3 => $"(0&1&{rest})&{last}=0",
            4 => $"({any})>{last}",
            _ => $"((0|1)>1)&({rest})",
        };
    }

    private string Description(int target, bool isPlain)
    {
        var level = random.Next(3) switch { 0 => "51", 1 => "81", _ => "99" };
        var more = isPlain ? 99 : random.Next(100);
        return string.Create(CultureInfo.InvariantCulture, $"Engine:{level}-255,Target:{target}{more switch
        {
            0 => ",Container:CL_TYPE_ZIP",
            < 5 => string.Create(CultureInfo.InvariantCulture, $",FileSize:{random.Next(1, 100) * 1024}-{random.Next(100, 9000) * 1024}"),
            5 when target is 1 or 6 or 9 => ",NumberOfSections:2-8",
            _ => "",
        }}");
    }

    private int PickTarget()
    {
        var at = random.Next(_targets.Sum(t => t.Share));
        foreach (var (target, share) in _targets)
        {
            at -= share;
            if (at < 0)
            {
                return target;
            }
        }

        return 0;
    }
}
