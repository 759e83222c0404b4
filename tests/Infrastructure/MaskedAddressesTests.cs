using System.Diagnostics;
using Infrastructure.Timers;

namespace Tests.Infrastructure;

/// <summary>Tokens in the addresses of webhooks are not traced.</summary>
[NonParallelizable]
public sealed class MaskedAddressesTests
{
    [TestCase(ActivityKind.Client, "https://h.example/ghp_abcdefghijklmnopqrstuv/x?*", "https://h.example/********/x?*")]
    [TestCase(ActivityKind.Client, "https://h.example/hook?*", "https://h.example/hook?*")]
    [TestCase(ActivityKind.Internal, "https://h.example/ghp_abcdefghijklmnopqrstuv", "https://h.example/ghp_abcdefghijklmnopqrstuv")]
    public void A_spans_address_is_masked(ActivityKind kind, string url, string traced)
    {
        using var source = new ActivitySource(nameof(MaskedAddressesTests));
        using var listener = new ActivityListener
        {
            ShouldListenTo = each => each == source,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
        };
        ActivitySource.AddActivityListener(listener);
        using var span = source.StartActivity("POST", kind)!;
        span.SetTag("url.full", url);

        using var masked = new MaskedAddresses();
        masked.OnEnd(span);

        Assert.That(span.GetTagItem("url.full"), Is.EqualTo(traced));
    }
}
