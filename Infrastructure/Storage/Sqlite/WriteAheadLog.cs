using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Infrastructure.Storage.Sqlite;

/// <summary>Looks at the write-ahead log of a database before SQLite does.</summary>
/// <remarks>
/// SQLite ends reading the log at the first frame whose checksum is wrong, without a word: that is right for the commit that a crash cut
/// short, and loses all later commits when a byte in the middle was damaged. The format is that of https://www.sqlite.org/fileformat2.html,
/// section 4.
/// </remarks>
internal static class WriteAheadLog
{
    private const int HeaderBytes = 32;
    private const int FrameHeaderBytes = 24;

    // The last bit tells the byte order of the checksums.
    private const uint Magic = 0x377f0682;

    /// <summary>What is wrong with a database's log; null when nothing is, or there is none.</summary>
    /// <param name="database">The database's path.</param>
    public static string? FindDamage(string database)
    {
        var path = database + "-wal";
        if (!File.Exists(path))
        {
            return null;
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 20);
        Span<byte> header = stackalloc byte[HeaderBytes];
        if (file.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) < HeaderBytes || file.Length < HeaderBytes + FrameHeaderBytes)
        {
            return null;
        }

        var magic = Read(header, 0);
        var sum = new Checksum(isBigEndian: (magic & 1) != 0);
        sum.Add(header[..24]);
        if ((magic & ~1u) != Magic || !sum.Is(header[24..]))
        {
            return $"{path} is damaged: its header is not that of a write-ahead log.";
        }

        return FindDamage(file, path, header, sum);
    }

    private static string? FindDamage(FileStream file, string path, ReadOnlySpan<byte> header, Checksum sum)
    {
        var frame = new byte[FrameHeaderBytes + Read(header, 8)];
        var salts = header[16..24];
        long? damaged = null;
        var commits = 0;
        while (file.ReadAtLeast(frame, frame.Length, throwOnEndOfStream: false) == frame.Length)
        {
            var isOfThisLog = frame.AsSpan(8, 8).SequenceEqual(salts);
            if (damaged is null)
            {
                sum.Add(frame.AsSpan(0, 8));
                sum.Add(frame.AsSpan(FrameHeaderBytes));
                if (isOfThisLog && sum.Is(frame.AsSpan(16, 8)))
                {
                    continue;
                }

                damaged = file.Position - frame.Length;
            }

            commits += isOfThisLog && Read(frame, 4) != 0 ? 1 : 0;
        }

        // With one commit it is the one that a crash cut short. Nobody was told that it had happened.
        return commits > 1 ? $"{path} is damaged at byte {damaged}: the {commits} commits from there on cannot be read." : null;
    }

    private static uint Read(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32BigEndian(bytes[offset..]);

    /// <summary>The running checksum of section 4.2.</summary>
    private sealed class Checksum(bool isBigEndian)
    {
        private uint one;
        private uint two;

        public void Add(ReadOnlySpan<byte> bytes)
        {
            var words = MemoryMarshal.Cast<byte, uint>(bytes);
            for (var i = 0; i + 1 < words.Length; i += 2)
            {
                one += InOrder(words[i]) + two;
                two += InOrder(words[i + 1]) + one;
            }
        }

        public bool Is(ReadOnlySpan<byte> stored) => Read(stored, 0) == one && Read(stored, 4) == two;

        private uint InOrder(uint word) => isBigEndian == BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(word) : word;
    }
}
