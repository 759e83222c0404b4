using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Infrastructure.Timers.Sqlite;

/// <summary>The file of the journal of outcomes: two segments, and a mark that tells whose it is.</summary>
/// <remarks>
/// <para>The mark stands behind the segments, where the first release had nothing. Its files get one at the next start.</para>
/// <para>
/// Linux keeps a file in memory in pieces as large as it was written or read in. Writing a record into a piece of 2 MiB takes three times
/// as long as into a page: ext4 looks at each of its blocks. So the file is written in pages, and read without reading ahead.
/// </para>
/// </remarks>
internal static partial class OutcomeFile
{
    /// <summary>Added to the name of the timers' file. Whatever is called <c>.db-</c> something belongs to the service.</summary>
    public const string Suffix = "-outcomes";

    /// <summary>Bytes of a segment: over four thousand outcomes without an answer's body, or eighty of the largest.</summary>
    public const int SegmentBytes = 1024 * 1024;

    public const int SegmentCount = 2;

    /// <summary>Bytes of the whole file, from its beginning to its end.</summary>
    public const int Length = MarkOffset + 4_096;

    private const int MarkOffset = SegmentCount * SegmentBytes;

    private const int PageBytes = 4_096;

    // Linux, all 64-bit architectures (linux/fadvise.h).
    private const int ReadNothingAhead = 1;
    private const int Forget = 4;

    private static readonly byte[] Zeros = new byte[PageBytes];

    private static readonly byte[] Mark = "Timers outcomes 1\n"u8.ToArray();

    /// <summary>Opens the journal, or makes it.</summary>
    /// <param name="path">The path of the journal's file.</param>
    /// <param name="segments">What the previous process left.</param>
    /// <exception cref="IOException">It cannot be read or written, is somebody else's, or a later release wrote it.</exception>
    public static SafeFileHandle Open(string path, out IReadOnlyList<OutcomeSegment> segments)
    {
        var file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
        try
        {
            KeepInPages(file);
            (segments, var isMarked) = Read(file);
            if (!isMarked)
            {
                // Its whole length from the beginning, so that the disk has room for it; what it held stays.
                var length = (int)Math.Min(Length, RandomAccess.GetLength(file));
                Clear(file, length, Length - length);
                RandomAccess.Write(file, Mark, MarkOffset);
                RandomAccess.FlushToDisk(file);
            }

            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Overwrites a part of it with zeros.</summary>
    public static void Clear(SafeFileHandle file, int at, int length)
    {
        for (var end = at + length; at < end;)
        {
            var bytes = Math.Min(end - at, PageBytes - (at % PageBytes));
            RandomAccess.Write(file, Zeros.AsSpan(0, bytes), at);
            at += bytes;
        }
    }

    /// <summary>What is wrong with a journal, a sentence each: nothing if it is whole or is not there.</summary>
    /// <param name="path">The path of the journal's file.</param>
    public static IEnumerable<string> Check(string path)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        try
        {
            using var file = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
            return [.. Tell(path, Read(file).Segments)];
        }
        catch (IOException error)
        {
            return [$"{path} cannot be read: {error.Message}"];
        }
    }

    /// <summary>Each damage, a sentence each.</summary>
    public static IEnumerable<string> Tell(string path, IReadOnlyList<OutcomeSegment> segments)
    {
        var read = segments.Sum(segment => segment.Outcomes.Count);
        return segments.SelectMany((segment, i) => segment.Damaged.Select(at => (long)(i * SegmentBytes) + at))
            .Select(at => $"{path} is damaged at byte {at}: what stands there cannot be read, {read} outcomes elsewhere in it can.");
    }

    /// <summary>What is in memory of it, in large pieces perhaps, leaves, and comes back page by page.</summary>
    private static void KeepInPages(SafeFileHandle file)
    {
        if (OperatingSystem.IsLinux() && Environment.Is64BitProcess)
        {
            // Only what is on the disk can leave. It is advice: whether it is taken changes nothing but the time that writing takes.
            RandomAccess.FlushToDisk(file);
            _ = Advise(file, 0, 0, Forget);
            _ = Advise(file, 0, 0, ReadNothingAhead);
        }
    }

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int Advise(SafeFileHandle file, long from, long length, int advice);

    private static (IReadOnlyList<OutcomeSegment> Segments, bool IsMarked) Read(SafeFileHandle file)
    {
        // Of a file that is too short, the rest is zeros.
        var bytes = new byte[Length];
        for (int read, at = 0; (read = RandomAccess.Read(file, bytes.AsSpan(at), at)) > 0;)
        {
            at += read;
        }

        OutcomeSegment[] segments =
            [.. Enumerable.Range(0, SegmentCount).Select(i => new OutcomeSegment(bytes.AsSpan(i * SegmentBytes, SegmentBytes)))];
        var isMarked = bytes.AsSpan(MarkOffset, Mark.Length).SequenceEqual(Mark);
        if (!isMarked && (RandomAccess.GetLength(file) > Length || segments.Any(segment => !segment.IsEmpty))
            && segments.All(segment => segment.Outcomes.Count == 0))
        {
            throw new IOException(
                "It holds something else than outcomes. Move it elsewhere: without it the service starts, and sends again what was "
                + "answered in the last moment before it ended.");
        }

        return (segments, isMarked);
    }
}
