using System.Diagnostics;
using Contracts.Timers;
using OpenTelemetry;

namespace Infrastructure.Timers;

/// <summary>Takes tokens out of the addresses in spans of requests: .NET leaves out the query, but not tokens in the path.</summary>
internal sealed class MaskedAddresses : BaseProcessor<Activity>
{
    private const string Address = "url.full";

    public override void OnEnd(Activity data)
    {
        if (data.Kind == ActivityKind.Client && data.GetTagItem(Address) is string url)
        {
            data.SetTag(Address, SensitiveParts.MaskedUrl(url));
        }
    }
}
