namespace Definitions.Formats.ClamAv;

/// <summary>
/// The stable codes of findings about signature text. docs/diagnostics.md lists each one; a test keeps both equal.
/// A code is never given a second meaning.
/// </summary>
internal static class SignatureCodes
{
    public const string LineTooLong = "SIG001";
    public const string BlankLine = "SIG002";
    public const string EmptyFile = "SIG003";
    public const string FieldCount = "SIG004";
    public const string NulByte = "SIG005";
    public const string EmptyName = "SIG006";
    public const string FunctionalityLevel = "SIG007";
    public const string PotentiallyUnwantedSet = "SIG008";
    public const string UnknownFormat = "SIG009";

    public const string HashLength = "SIG010";
    public const string HashDigit = "SIG011";
    public const string HashSize = "SIG012";
    public const string AnySizeLevel = "SIG013";

    public const string PackedFile = "SIG014";
    public const string ByteOrderMark = "SIG015";

    public const string Target = "SIG020";
    public const string OffsetForm = "SIG021";
    public const string OffsetLength = "SIG022";
    public const string OffsetTarget = "SIG023";
    public const string MacroGroup = "SIG024";

    public const string PatternCharacter = "SIG030";
    public const string HalfByte = "SIG031";
    public const string Gap = "SIG032";
    public const string AlternativesUnclosed = "SIG033";
    public const string AlternativesEmpty = "SIG034";
    public const string AlternativesContent = "SIG035";
    public const string NegatedChoices = "SIG036";
    public const string AlternativesDepth = "SIG037";
    public const string ShortGap = "SIG038";
    public const string ShortGapPlace = "SIG039";
    public const string PartTooShort = "SIG040";
    public const string NoStaticPair = "SIG041";
    public const string LiteralTooShort = "SIG042";
    public const string NoPrefilter = "SIG043";

    public const string DescriptionKey = "SIG044";
    public const string DescriptionTarget = "SIG045";
    public const string DescriptionEngine = "SIG046";
    public const string DescriptionRange = "SIG047";
    public const string DescriptionUnknown = "SIG048";
    public const string FuzzyImage = "SIG049";

    public const string IgnoreDigest = "SIG050";
    public const string ExpressionForm = "SIG051";
    public const string SubsignatureCount = "SIG052";
    public const string SubsignatureOption = "SIG053";
    public const string RegexForm = "SIG054";
    public const string RegexTrigger = "SIG055";
    public const string RegexMode = "SIG056";
    public const string RegexInvalid = "SIG057";
    public const string ByteCompareForm = "SIG058";
    public const string MacroForm = "SIG059";

    public const string EmptyMaximumLevel = "SIG060";
    public const string OffsetNeverMatches = "SIG061";
    public const string GapNeverMatches = "SIG062";
    public const string ZeroGap = "SIG063";
    public const string ExpressionEquals = "SIG064";
    public const string RegexUnsupported = "SIG065";
    public const string IconGroup = "SIG066";

    public const string MagicKind = "SIG080";
    public const string MagicType = "SIG081";
    public const string MagicOffset = "SIG082";
    public const string MagicBytes = "SIG083";

    public const string PhishingRule = "SIG085";
    public const string PhishingEngine = "SIG086";
    public const string PhishingPattern = "SIG087";
    public const string AddressRule = "SIG088";
    public const string AddressHash = "SIG089";

    public const string OtherLevel = "SIG130";
    public const string OtherTarget = "SIG131";
    public const string UnwantedCategory = "SIG132";
    public const string Bytecode = "SIG133";
    public const string ContainerIndex = "SIG134";
    public const string NotMatched = "SIG135";
    public const string LegacyBodyForm = "SIG136";
    public const string ContainerType = "SIG137";
    public const string NumberRange = "SIG138";
    public const string EncryptedFlag = "SIG139";
    public const string MemberNamePattern = "SIG140";
    public const string LegacyMemberNumber = "SIG141";
    public const string IconMetrics = "SIG142";
    public const string CertificateField = "SIG143";
    public const string SwitchValue = "SIG144";
    public const string PasswordType = "SIG145";
    public const string PasswordContainer = "SIG146";
    public const string PasswordHex = "SIG147";

    public const string RuleSyntax = "SIG150";
    public const string RuleConstruct = "SIG151";
    public const string RuleWithoutStrings = "SIG152";
    public const string RuleString = "SIG153";
    public const string RuleWideExpression = "SIG154";
    public const string RuleModifier = "SIG155";
    public const string RuleInclude = "SIG156";
    public const string RuleUnknown = "SIG157";
    public const string RuleDuplicate = "SIG158";
    public const string RuleTooLarge = "SIG159";
    public const string RulePrivate = "SIG160";
    public const string RuleStringTooLong = "SIG161";
}
