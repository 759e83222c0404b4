using System.Buffers.Binary;
using System.IO.Compression;
using Microsoft.AspNetCore.RequestDecompression;

namespace Producer.Http;

/// <summary>Gzip request bodies, checked for completeness: .NET's stream accepts a truncated one.</summary>
/// <remarks>One member per body. Its last four bytes tell the length of the content (RFC 1952 §2.3.1).</remarks>
internal sealed class GzipBody : IDecompressionProvider
{
    public const string Encoding = "gzip";

    public Stream GetDecompressionStream(Stream stream) => new Checked(new Tail(stream));

    /// <summary>What was decompressed, and whether that was all.</summary>
    private sealed class Checked(Tail compressed) : ReadOnlyStream
    {
        private readonly GZipStream content = new(compressed, CompressionMode.Decompress);
        private uint length;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Count(buffer.Length, await content.ReadAsync(buffer, cancellationToken));

        public override int Read(byte[] buffer, int offset, int count) => Count(count, content.Read(buffer, offset, count));

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                content.Dispose();
            }

            base.Dispose(disposing);
        }

        private int Count(int asked, int read)
        {
            // An empty stream cannot be truncated.
            if (asked > 0 && read == 0 && compressed.Any && compressed.Last != length)
            {
                throw new InvalidDataException("The gzip body is truncated.");
            }

            length += (uint)read;
            return read;
        }
    }

    /// <summary>Passes on what it reads and remembers the last four bytes of it.</summary>
    private sealed class Tail(Stream inner) : ReadOnlyStream
    {
        private readonly byte[] tail = new byte[4];

        public bool Any { get; private set; }

        public uint Last => BinaryPrimitives.ReadUInt32LittleEndian(tail);

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await inner.ReadAsync(buffer, cancellationToken);
            Remember(buffer.Span[..read]);
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = inner.Read(buffer, offset, count);
            Remember(buffer.AsSpan(offset, read));
            return read;
        }

        private void Remember(ReadOnlySpan<byte> read)
        {
            Any |= read.Length > 0;
            if (read.Length >= tail.Length)
            {
                read[^tail.Length..].CopyTo(tail);
                return;
            }

            tail.AsSpan(read.Length).CopyTo(tail);
            read.CopyTo(tail.AsSpan(tail.Length - read.Length));
        }
    }
}
