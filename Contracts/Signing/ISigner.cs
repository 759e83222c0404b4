namespace Contracts.Signing;

/// <summary>Makes signatures of one kind with one key. Thread-safe.</summary>
public interface ISigner
{
    /// <summary>One signature, with its version: <c>v1,…</c> or <c>v1a,…</c>.</summary>
    /// <param name="content">What <see cref="WebhookSignature"/> puts together of a webhook.</param>
    string Sign(ReadOnlySpan<byte> content);
}
