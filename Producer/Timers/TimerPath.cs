using Contracts.Timers;
using Microsoft.AspNetCore.Http.HttpResults;
using Producer.Http;

namespace Producer.Timers;

/// <summary>The id in a path, as the address of the tenant's timer.</summary>
internal static class TimerPath
{
    /// <returns>Null when it is an id; what to answer when it is not.</returns>
    public static ProblemHttpResult? Parse(HttpContext context, string id, out TimerAddress address)
    {
        address = default;
        if (TimerRules.IdProblem(id) is { } reason)
        {
            return Problems.Invalid("id", reason);
        }

        var tenant = context.Tenant();
        address = new TimerAddress(tenant, TimerKey.FromId(tenant, id));
        return null;
    }
}
