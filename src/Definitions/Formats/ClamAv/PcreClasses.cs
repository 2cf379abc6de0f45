using System.Collections;

namespace Definitions.Formats.ClamAv;

/// <content>Character classes.</content>
internal sealed partial class PcreTranslator
{
    private void ReadClass()
    {
        _position++;
        var isNegated = TrySkip((byte)'^');
        var set = new BitArray(256);
        var isFirst = true;
        var isQuoted = false;
        while (true)
        {
            if (IsAtEnd)
            {
                throw Invalid("a class is not closed");
            }

            if (Rest.StartsWith("\\E"u8) || (!isQuoted && Rest.StartsWith("\\Q"u8)))
            {
                isQuoted = Rest[1] == 'Q';
                _position += 2;
                continue;
            }

            if (!isQuoted && Current == ']' && !isFirst)
            {
                _position++;
                break;
            }

            isFirst = false;
            ReadClassItem(set, isQuoted);
        }

        BeginItem();
        PcreClass.Write(_output, set, isNegated);
    }

    private void ReadClassItem(BitArray set, bool isQuoted)
    {
        if (!isQuoted && Current == '[' && TryReadNamedClass(set))
        {
            return;
        }

        if (ReadClassCharacter(set, isQuoted) is not { } first)
        {
            return;
        }

        var last = first;
        if (!isQuoted && Rest.Length > 1 && Current == '-' && Rest[1] != ']')
        {
            _position++;
            last = ReadRangeEnd();
        }

        if (last < first)
        {
            throw Invalid("a range of a class is in the wrong order");
        }

        for (int value = first; value <= last; value++)
        {
            set[value] = true;
        }
    }

    private byte ReadRangeEnd()
    {
        if (Rest.StartsWith("[:"u8) && Rest.IndexOf(":]"u8) > 0)
        {
            throw Invalid("a range of a class ends in a class");
        }

        return ReadClassCharacter(new BitArray(256), isQuoted: false)
            ?? throw Invalid("a range of a class ends in a class");
    }

    /// <summary>Null when a whole set was added.</summary>
    private byte? ReadClassCharacter(BitArray set, bool isQuoted)
    {
        var character = Current;
        _position++;
        if (isQuoted || character != '\\')
        {
            return character;
        }

        if (IsAtEnd)
        {
            throw Invalid("a class is not closed");
        }

        if (TryReadCharacter(isInClass: true, out var value))
        {
            return value;
        }

        if (Current is (byte)'p' or (byte)'P')
        {
            throw Unsupported("\\p");
        }

        if (!PcreClass.TryAddEscape(set, Current))
        {
            throw Invalid($"\\{(char)Current} is not known in a class");
        }

        _position++;
        return null;
    }

    /// <summary><c>[:name:]</c>; false when the bracket is a plain character.</summary>
    private bool TryReadNamedClass(BitArray set)
    {
        if (Rest.Length < 2 || Rest[1] is not ((byte)':' or (byte)'.' or (byte)'='))
        {
            return false;
        }

        Span<byte> close = [Rest[1], (byte)']'];
        var end = Rest[2..].IndexOf(close);
        if (end < 0 || Rest.Slice(2, end).Contains((byte)']'))
        {
            return false;
        }

        var name = Rest.Slice(2, end);
        var isNegated = name.StartsWith("^"u8);
        if (Rest[1] != ':' || !PcreClass.TryAddNamed(set, isNegated ? name[1..] : name, isNegated, _options.HasFlag(PcreOptions.IgnoreCase)))
        {
            throw Invalid("a named class is not known");
        }

        _position += end + 4;
        return true;
    }

    private bool TrySkip(byte character)
    {
        var isThere = !IsAtEnd && Current == character;
        _position += isThere ? 1 : 0;
        return isThere;
    }
}
