namespace Infrastructure.Access;

/// <summary>Ids of audit entries, which are listed in their order.</summary>
internal static class AuditId
{
    /// <summary>
    /// A UUID of version 7 whose twelve bits after the version are the fraction of the millisecond (RFC 9562, 6.2, method 3), so that ids
    /// of instants that are 0.3 µs apart sort by time.
    /// </summary>
    /// <returns>32 hexadecimal digits.</returns>
    public static string New(DateTimeOffset at)
    {
        Span<byte> bytes = stackalloc byte[16];
        Guid.CreateVersion7(at).TryWriteBytes(bytes, bigEndian: true, out _);
        var fraction = at.Ticks % TimeSpan.TicksPerMillisecond * 4_096 / TimeSpan.TicksPerMillisecond;
        bytes[6] = (byte)(0x70 | (fraction >> 8));
        bytes[7] = (byte)fraction;
        return new Guid(bytes, bigEndian: true).ToString("N");
    }
}
