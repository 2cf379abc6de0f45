using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Definitions.Formats.ClamAv.Containers;

/// <summary>
/// A <c>.sign</c> file: one or more CMS signatures over a whole container or patch, each for a range of functionality
/// levels (clamav-formats.md §1.8).
/// </summary>
internal static class SignFile
{
    private const int MaxLines = 256;
    private const int MaxLevel = 1_000_000;

    /// <summary>The signatures for an engine, as DER; none when every line is for other engines or of another kind.</summary>
    /// <exception cref="RefusedException">
    /// <c>DatabaseMalformed</c>: not such a file. <c>PackageLimit</c>: above <see cref="ContainerLimits.MaxSignBytes"/> or 256 lines.
    /// </exception>
    public static IReadOnlyList<byte[]> SignaturesFor(int functionalityLevel, ReadOnlySpan<byte> content, ContainerLimits limits)
    {
        if (content.Length > limits.MaxSignBytes || content.Count((byte)'\n') > MaxLines)
        {
            throw ContainerFault.Of(RefusalReason.PackageLimit, $"The signature file has {content.Length} bytes or more than {MaxLines} lines.");
        }

        var signatures = new List<byte[]>();
        var number = 0;
        foreach (var range in content.Split((byte)'\n'))
        {
            var line = content[range].TrimEnd((byte)'\r');
            if (++number == 1 && !line.SequenceEqual("#clamsign-1.0"u8))
            {
                throw ContainerFault.Malformed($"The signature file does not start with #clamsign-1.0.");
            }

            if (!line.IsEmpty && line[0] != (byte)'#' && Read(line, number, functionalityLevel) is { } signature)
            {
                signatures.Add(signature);
            }
        }

        return signatures;
    }

    /// <summary><c>min:max:pkcs7-pem:base64</c>; null when the line is not for us.</summary>
    private static byte[]? Read(ReadOnlySpan<byte> line, int number, int functionalityLevel)
    {
        var fields = Encoding.ASCII.GetString(line).Split(':', 4);
        long max = MaxLevel;
        if (fields.Length < 4
            || !DecimalNumber.TryRead(Encoding.ASCII.GetBytes(fields[0]), MaxLevel, out var min)
            || (fields[1].Length > 0 && !DecimalNumber.TryRead(Encoding.ASCII.GetBytes(fields[1]), MaxLevel, out max)))
        {
            throw ContainerFault.Malformed($"Line {number} of the signature file is not min:max:format:signature.");
        }

        if (functionalityLevel < min || functionalityLevel > max || fields[2] != "pkcs7-pem")
        {
            return null;
        }

        var text = Encoding.ASCII.GetBytes(fields[3]);
        var der = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        return Base64.DecodeFromUtf8(text, der, out _, out var written) == OperationStatus.Done && written > 0
            ? der[..written]
            : throw ContainerFault.Malformed($"Line {number} of the signature file is no base64.");
    }
}
