using System.Buffers.Binary;
using System.Security.Cryptography;
using Definitions.Signatures;
using Engine.Matching;

namespace Engine.Images;

/// <summary>A signature with as much of its packed form as does not depend on others.</summary>
internal sealed record EncodedSignature(Signature Signature, EncodedPattern Pattern, EncodedLogical? Logical);

/// <summary>
/// The part of compiling that is done for each signature alone: several encoders may work at once; one is used by one
/// thread.
/// </summary>
internal sealed class SignatureEncoder
{
    private readonly PatternEncoder _patterns = new();
    private readonly ByteBuffer _code = new();
    private readonly List<LogicalPattern> _forms = [];

    /// <exception cref="PatternTooWideException">The image cannot hold a pattern.</exception>
    public EncodedSignature Encode(Signature signature) => signature switch
    {
        BodySignature body => new EncodedSignature(body, _patterns.Encode(body.Pattern, body.Offset, body.Target), null),
        LogicalSignature logical => new EncodedSignature(logical, default, Encode(logical)),
        _ => new EncodedSignature(signature, default, null),
    };

    private EncodedLogical Encode(LogicalSignature signature)
    {
        var caps = CountCaps.Of(signature);
        var records = new SubsignatureRecord[signature.Subsignatures.Count];
        _code.Truncate(0);
        _forms.Clear();
        for (var i = 0; i < records.Length; i++)
        {
            records[i] = signature.Subsignatures[i] switch
            {
                BodySubsignature body => AddForms(body, signature.Description.Target, (uint)Math.Min(caps[i], uint.MaxValue)),
                FuzzyImageSubsignature fuzzy => new SubsignatureRecord(
                    SubsignatureKind.FuzzyImage, (uint)fuzzy.Hash, (uint)(fuzzy.Hash >> 32)),
                var other => AddBlob(other, i),
            };
        }

        var head = _code.Length;
        LogicalCode.AddHead(_code, signature);
        ExpressionCode.Write(_code, signature.Expression);
        return new EncodedLogical
        {
            Target = signature.Description.Target,
            Code = _code.Written.ToArray(),
            HeadStart = head,
            Subsignatures = records,
            Patterns = [.. _forms],
            Features = ImageFeatureWord.Of(signature),
            IsDormant = signature.Description.IconGroup1 is not null || signature.Description.IconGroup2 is not null,
        };
    }

    private SubsignatureRecord AddForms(BodySubsignature body, int target, uint cap)
    {
        var second = body.Forms.Count > 1 ? AddForm(body.Forms[1], body.Offset, target, cap) : SubsignatureRecord.None;
        return new SubsignatureRecord(SubsignatureKind.Body, AddForm(body.Forms[0], body.Offset, target, cap), second);
    }

    private uint AddForm(HexPattern form, SignatureOffset offset, int target, uint cap)
    {
        var pattern = _patterns.Encode(form, offset, target);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(pattern.Record.Span, digest);
        _forms.Add(new LogicalPattern(pattern, BinaryPrimitives.ReadUInt128LittleEndian(digest), cap));
        return (uint)_forms.Count - 1;
    }

    private SubsignatureRecord AddBlob(Subsignature subsignature, int id)
    {
        var start = _code.Length;
        var kind = LogicalCode.AddBlob(_code, subsignature, id);
        return new SubsignatureRecord(kind, (uint)start, (uint)(_code.Length - start));
    }
}
