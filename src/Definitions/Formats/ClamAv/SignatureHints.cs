namespace Definitions.Formats.ClamAv;

/// <summary>What to do about a finding, by its code; messages say what is wrong.</summary>
internal static class SignatureHints
{
    private static readonly Dictionary<string, string> _hints = new(StringComparer.Ordinal)
    {
        [SignatureCodes.LineTooLong] = "Split the signature, or shorten it with gaps.",
        [SignatureCodes.BlankLine] = "Delete the line, or put a # in its first column.",
        [SignatureCodes.EmptyFile] = "Put a comment in the file, or delete it.",
        [SignatureCodes.FieldCount] = "Compare the line with the form; a colon or semicolon inside a field counts as a separator.",
        [SignatureCodes.NulByte] = "Save the file as plain text: UTF-16 and binary files cannot be read.",
        [SignatureCodes.EmptyName] = "Write a name before the first separator.",
        [SignatureCodes.FunctionalityLevel] = "Write decimal digits, or leave the field and its separator out.",
        [SignatureCodes.PotentiallyUnwantedSet] = "Set engine.detectPua to true to load such sets.",
        [SignatureCodes.UnknownFormat] = "Give the file the extension of its format.",
        [SignatureCodes.HashLength] = "Use the MD5, SHA-1 or SHA-256 of the whole file.",
        [SignatureCodes.HashSize] = "Write the length of the file in bytes.",
        [SignatureCodes.AnySizeLevel] = "Add ':73' to the end of the line.",
        [SignatureCodes.OffsetForm] = "Write * for anywhere.",
        [SignatureCodes.OffsetTarget] = "Set the target to 1, 6 or 9, or the offset to a number.",
        [SignatureCodes.HalfByte] = "Write each byte as two digits.",
        [SignatureCodes.PartTooShort] = "Add bytes beside the gap, or take the gap away.",
        [SignatureCodes.NoStaticPair] = "Add two known bytes in a row.",
        [SignatureCodes.LiteralTooShort] = "Add bytes, or name a target other than 0.",
        [SignatureCodes.NoPrefilter] = "Move the literal bytes in front of the alternatives.",
        [SignatureCodes.IgnoreDigest] = "Compute the MD5 of the complete line without its line end: printf %s 'LINE' | md5sum.",
        [SignatureCodes.EmptyMaximumLevel] = "Take the last colon away.",
        [SignatureCodes.OffsetNeverMatches] = "Write * for anywhere.",
        [SignatureCodes.ZeroGap] = "Write * when any number of bytes is meant, nothing when none is.",
        [SignatureCodes.OtherLevel] = "Nothing to do: other signatures stand for this one here.",
        [SignatureCodes.OtherTarget] = "Use a target from 0 to 14.",
        [SignatureCodes.UnwantedCategory] = "See engine.includePua and engine.excludePua.",
        [SignatureCodes.Bytecode] = "Nothing to do; what the program would detect is not detected here.",
        [SignatureCodes.ContainerIndex] = "Leave the file out; it serves only inside its container.",
        [SignatureCodes.NotMatched] = "Nothing to do; these lines have no effect here.",
        [SignatureCodes.LegacyBodyForm] = "Write name=hex, or use the .ndb format.",
        [SignatureCodes.ContainerType] = "Use CL_TYPE_ZIP, CL_TYPE_RAR, CL_TYPE_7Z, CL_TYPE_POSIX_TAR, CL_TYPE_MAIL and the like.",
        [SignatureCodes.NumberRange] = "Write both ends of a range: 10-20.",
        [SignatureCodes.EncryptedFlag] = "Write * for either.",
        [SignatureCodes.MemberNamePattern] = "Write * for any name; \\. for a point.",
        [SignatureCodes.PasswordContainer] = "Use CL_TYPE_ZIP, CL_TYPE_RAR or CL_TYPE_ANY.",
    };

    /// <summary>Null for codes whose message says it all.</summary>
    public static string? Find(string code) => _hints.GetValueOrDefault(code);
}
