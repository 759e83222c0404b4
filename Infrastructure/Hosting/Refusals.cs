using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http;

namespace Infrastructure.Hosting;

/// <summary>Answers and counts requests that are refused before a route sees them.</summary>
/// <param name="meters">For counting.</param>
/// <param name="shape">How a service's routes tell errors; null for problem details.</param>
internal sealed class Refusals(IMeterFactory meters, IRefusalShape? shape = null)
{
    private readonly Counter<long> refused = meters.Create("timers.gate").CreateCounter<long>(
        "timers.gate.refused", "{request}", "Requests that were refused before a route saw them, by reason and tenant.");

    private readonly TenantLabels tenants = new();

    /// <param name="context">The request.</param>
    /// <param name="reason">Why, as a label of the counter.</param>
    /// <param name="status">The answer's status.</param>
    /// <param name="title">What is wrong, in general.</param>
    /// <param name="detail">What is wrong, in words for the client.</param>
    /// <param name="tenant">Of whose key it is, for the counter; null if that is not known.</param>
    public Task AnswerAsync(HttpContext context, string reason, int status, string title, string detail, string? tenant = null)
    {
        var label = new KeyValuePair<string, object?>("reason", reason);
        if (tenant is null)
        {
            refused.Add(1, label);
        }
        else
        {
            refused.Add(1, label, tenants.Of(tenant));
        }

        var answer = shape?.Find(context, status, detail)
            ?? TypedResults.Problem(title: title, detail: detail, statusCode: status);
        return answer.ExecuteAsync(context);
    }
}
