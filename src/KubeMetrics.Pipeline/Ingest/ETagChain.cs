namespace KubeMetrics.Pipeline.Ingest;

/// <summary>
/// The ETag that an object would have if it had been put in parts of some size (or, without one, at once), made from its
/// bytes in order, whatever size they are copied in. It can be written down in the middle.
/// </summary>
internal sealed class ETagChain
{
    private readonly long? _partSize;
    private readonly Md5State? _parts;
    private Md5State _part;

    private ETagChain(long? partSize, Md5State? parts, Md5State part) => (_partSize, _parts, _part) = (partSize, parts, part);

    internal ETagChain(long? partSize)
        : this(partSize, partSize is null ? null : new Md5State(), new Md5State())
    {
    }

    internal void Append(ReadOnlySpan<byte> bytes)
    {
        while (_partSize is { } size && _part.Length + bytes.Length >= size)
        {
            var rest = (int)(size - _part.Length);
            _part.Append(bytes[..rest]);
            bytes = bytes[rest..];
            EndPart();
        }

        _part.Append(bytes);
    }

    /// <summary>The ETag; nothing more can be taken in afterwards.</summary>
    internal string Finish()
    {
        if (_parts is null) return Convert.ToHexStringLower(_part.Finish());
        if (_part.Length > 0) EndPart();
        var count = _parts.Length / 16;
        return $"{Convert.ToHexStringLower(_parts.Finish())}-{count}";
    }

    internal string Export() => $"{_partSize ?? 0}:{(_parts is null ? "" : Convert.ToBase64String(_parts.Export()))}:{Convert.ToBase64String(_part.Export())}";

    /// <exception cref="FormatException">It is none.</exception>
    internal static ETagChain Import(string text)
    {
        if (text.Split(':') is not [var size, var parts, var part] || !long.TryParse(size, out var partSize)) throw new FormatException("A chain is damaged.");
        return partSize == 0
            ? new ETagChain(null, null, Md5State.Import(Convert.FromBase64String(part)))
            : new ETagChain(partSize, Md5State.Import(Convert.FromBase64String(parts)), Md5State.Import(Convert.FromBase64String(part)));
    }

    private void EndPart()
    {
        _parts!.Append(_part.Finish());
        _part = new Md5State();
    }
}
