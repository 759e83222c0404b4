using System.Net;

namespace Runner.Timers.Receivers;

/// <summary>A request's body, written under the permit of its exchange together with the headers that were buffered before it.</summary>
internal sealed class WebhookContent(ReadOnlyMemory<byte> body, SendPermit permit) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        permit.Enter();
        try
        {
            var written = stream.WriteAsync(body, cancellationToken);
            return written.IsCompletedSuccessfully ? stream.FlushAsync(cancellationToken) : written.AsTask();
        }
        finally
        {
            SendPermit.Exit();
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = body.Length;
        return true;
    }
}
