using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.AspNetCore.RequestDecompression;

namespace Producer.Http;

/// <summary>
/// Gzip request bodies of one or several members (RFC 1952 §2.2), checked for completeness: .NET's stream accepts a truncated one.
/// </summary>
/// <remarks>
/// A member of our own follows the body's: only if those are whole is it decompressed, and stands at the end of the content. It is not
/// passed on. That .NET checks lengths and checksums of whole members itself is why nothing else is to be checked.
/// </remarks>
internal sealed class GzipBody : IDecompressionProvider
{
    public const string Encoding = "gzip";

    /// <summary>Letters, and random: a body cannot end in it, and compressed it is other bytes than its own.</summary>
    private static readonly byte[] Mark =
        System.Text.Encoding.ASCII.GetBytes($"end {Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}");

    private static readonly byte[] MarkMember = Compress(Mark);

    public Stream GetDecompressionStream(Stream stream) => new Checked(new Extended(stream));

    private static byte[] Compress(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            gzip.Write(content);
        }

        return packed.ToArray();
    }

    /// <summary>What was decompressed, of which the last bytes are held back until it is known that they are the mark.</summary>
    private sealed class Checked(Extended compressed) : ReadOnlyStream
    {
        private readonly GZipStream content = new(compressed, CompressionMode.Decompress);
        private readonly byte[] held = new byte[16 * 1024];
        private int start;
        private int end;
        private bool isDone;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            while (true)
            {
                var ready = Math.Min(end - start - Mark.Length, buffer.Length);
                if (ready > 0)
                {
                    held.AsMemory(start, ready).CopyTo(buffer);
                    start += ready;
                    return ready;
                }

                if (isDone || buffer.Length == 0)
                {
                    return 0;
                }

                held.AsSpan(start, end - start).CopyTo(held);
                (start, end) = (0, end - start);
                var read = await content.ReadAsync(held.AsMemory(end), cancellationToken);
                end += read;
                if (read == 0)
                {
                    Complete();
                }
            }
        }

        public override int Read(byte[] buffer, int offset, int count) =>
            ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                content.Dispose();
            }

            base.Dispose(disposing);
        }

        private void Complete()
        {
            // An empty stream cannot be truncated.
            if (compressed.Any && !held.AsSpan(start, end - start).SequenceEqual(Mark))
            {
                throw new InvalidDataException("The gzip body is truncated.");
            }

            isDone = true;
        }
    }

    /// <summary>The body, and then the member of our own.</summary>
    private sealed class Extended(Stream inner) : ReadOnlyStream
    {
        private int written = -1;

        public bool Any { get; private set; }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (written < 0)
            {
                var read = await inner.ReadAsync(buffer, cancellationToken);
                Any |= read > 0;
                if (read > 0 || buffer.Length == 0)
                {
                    return read;
                }

                written = Any ? 0 : MarkMember.Length;
            }

            var some = Math.Min(buffer.Length, MarkMember.Length - written);
            MarkMember.AsMemory(written, some).CopyTo(buffer);
            written += some;
            return some;
        }

        public override int Read(byte[] buffer, int offset, int count) =>
            ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();
    }
}
