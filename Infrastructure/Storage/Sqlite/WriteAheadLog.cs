using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Infrastructure.Storage.Sqlite;

/// <summary>Checks the write-ahead log of a database before SQLite opens it.</summary>
/// <remarks>
/// SQLite ends reading the log at the first frame whose checksum is wrong, without a word: that is right for the commit that a crash cut
/// short, and loses all later commits when a byte in the middle was damaged. The format is that of https://www.sqlite.org/fileformat2.html,
/// section 4.
/// </remarks>
internal static class WriteAheadLog
{
    /// <summary>Bytes of its header.</summary>
    public const int HeaderBytes = 32;

    /// <summary>Bytes of a log that holds anything: a shorter one may be the beginning of its header, as a crash leaves it.</summary>
    public const int MinBytes = HeaderBytes + FrameHeaderBytes;

    private const int FrameHeaderBytes = 24;

    /// <summary>The page with this byte of a database never exists (section 1.6, the lock-byte page).</summary>
    private const long LockByte = 0x40000000;

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
        if (file.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) < HeaderBytes || file.Length < MinBytes)
        {
            return null;
        }

        return IsHeader(header)
            ? FindDamage(file, database, header)
            : $"{path} is damaged: its header is not that of a write-ahead log.";
    }

    /// <summary>Whether these are the first bytes of a log.</summary>
    public static bool IsHeader(ReadOnlySpan<byte> header)
    {
        var sum = Start(header);
        return (Read(header, 0) & ~1u) == Magic && sum.Is(header[24..]);
    }

    private static Checksum Start(ReadOnlySpan<byte> header)
    {
        var sum = new Checksum(isBigEndian: (Read(header, 0) & 1) != 0);
        sum.Add(header[..24]);
        return sum;
    }

    private static string? FindDamage(FileStream file, string database, ReadOnlySpan<byte> header)
    {
        var sum = Start(header);
        var pageBytes = Read(header, 8);
        var frame = new byte[FrameHeaderBytes + pageBytes];
        var salts = header[16..24];
        long? damaged = null;
        var commits = 0;
        using var copied = new CopiedPages(database, (int)pageBytes);
        var pages = new Pages(new FileInfo(database) is { Exists: true } there ? there.Length / pageBytes : 0, LockByte / pageBytes);
        while (file.ReadAtLeast(frame, frame.Length, throwOnEndOfStream: false) == frame.Length)
        {
            var isOfThisLog = frame.AsSpan(8, 8).SequenceEqual(salts);
            if (damaged is null)
            {
                sum.Add(frame.AsSpan(0, 8));
                sum.Add(frame.AsSpan(FrameHeaderBytes));
                if (isOfThisLog && sum.Is(frame.AsSpan(16, 8)))
                {
                    pages.Add(Read(frame, 0), Read(frame, 4));
                    copied.NoteRead(Read(frame, 0), frame.AsSpan(FrameHeaderBytes));
                    continue;
                }

                damaged = file.Position - frame.Length;
            }

            if (isOfThisLog)
            {
                commits += Read(frame, 4) != 0 ? 1 : 0;
                copied.NoteUnread(Read(frame, 0), frame.AsSpan(FrameHeaderBytes));
            }
        }

        // With one commit it is the one that a crash cut short, and nobody was told that it had happened; unless it has been copied into
        // the database already, which comes after it was synced.
        return commits > 1 || (commits == 1 && copied.AreAll)
                ? $"{database}-wal is damaged at byte {damaged}: commits from there on cannot be read ({commits})."
            : pages.Missing > 0 ? $"{database} is cut short: {pages.Missing} of its pages are missing."
            : null;
    }

    private static uint Read(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32BigEndian(bytes[offset..]);

    /// <summary>Pages beyond the end of the database, all of which must be in its log; otherwise it was longer before.</summary>
    /// <param name="stored">Pages in the database's file.</param>
    /// <param name="hole">Number of the page that never exists, minus one.</param>
    private sealed class Pages(long stored, long hole)
    {
        private readonly HashSet<uint> logged = [];
        private readonly List<uint> uncommitted = [];
        private uint count;

        public long Missing
        {
            get
            {
                var beyond = count - stored - (hole >= stored && hole < count ? 1 : 0);
                return count == 0 ? 0 : Math.Max(0, beyond - logged.Count(page => page <= count));
            }
        }

        /// <param name="page">Its number, from 1.</param>
        /// <param name="commits">The database's pages after the commit that ends here; 0 if none does.</param>
        public void Add(uint page, uint commits)
        {
            if (page > stored)
            {
                uncommitted.Add(page);
            }

            if (commits > 0)
            {
                logged.UnionWith(uncommitted);
                uncommitted.Clear();
                count = commits;
            }
        }
    }

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
