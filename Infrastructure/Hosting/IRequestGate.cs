using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Infrastructure.Hosting;

/// <summary>Who may call: every request passes it, of every service, before a route sees it.</summary>
public interface IRequestGate
{
    /// <summary>Adds its steps to the pipeline.</summary>
    void AddTo(IApplicationBuilder app);

    /// <summary>Whether pages of an origin may call, beside the service's own.</summary>
    bool AllowsOrigin(string origin);

    /// <summary>Whether the caller may see what only operators should: the service itself may, and whoever has the scope.</summary>
    bool AllowsDetails(HttpContext context);
}
