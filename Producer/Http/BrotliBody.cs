using System.Buffers;
using System.IO.Compression;
using Microsoft.AspNetCore.RequestDecompression;

namespace Producer.Http;

/// <summary>Brotli request bodies, checked for completeness: .NET's stream accepts a truncated one.</summary>
internal sealed class BrotliBody : IDecompressionProvider
{
    public const string Encoding = "br";

    public Stream GetDecompressionStream(Stream stream) => new Decoded(stream);

    private sealed class Decoded(Stream compressed) : ReadOnlyStream
    {
        private readonly byte[] input = new byte[16 * 1024];
        private BrotliDecoder decoder;
        private int start;
        private int end;
        private bool any;
        private bool isDone;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            while (true)
            {
                if (buffer.Length == 0 || TryDecode(buffer.Span, out var written))
                {
                    return 0;
                }

                if (written > 0)
                {
                    return written;
                }

                (start, end) = (0, await compressed.ReadAsync(input, cancellationToken));
                if (end == 0)
                {
                    return EndOfInput();
                }

                any = true;
            }
        }

        public override int Read(byte[] buffer, int offset, int count) =>
            ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

        protected override void Dispose(bool disposing)
        {
            decoder.Dispose();
            base.Dispose(disposing);
        }

        /// <returns>True at the end.</returns>
        private bool TryDecode(Span<byte> buffer, out int written)
        {
            written = 0;
            if (isDone)
            {
                // What follows is no part of it.
                return start < end ? throw new InvalidDataException("The brotli body has bytes after its end.") : true;
            }

            var status = decoder.Decompress(input.AsSpan(start, end - start), buffer, out var consumed, out written);
            start += consumed;
            if (status == OperationStatus.InvalidData)
            {
                throw new InvalidDataException("The brotli body is damaged.");
            }

            isDone = status == OperationStatus.Done;
            return isDone && written == 0 && TryDecode(buffer, out written);
        }

        /// <summary>An empty stream cannot be truncated.</summary>
        private int EndOfInput() => any && !isDone ? throw new InvalidDataException("The brotli body is truncated.") : 0;
    }
}
