using Microsoft.AspNetCore.Http;

namespace Infrastructure.Hosting;

/// <summary>How routes tell that a request is refused before they see it, where that is not by problem details.</summary>
public interface IRefusalShape
{
    /// <summary>The answer in the shape of the route that a request is for; null for problem details.</summary>
    /// <param name="context">The HTTP context of the request.</param>
    /// <param name="status">The answer's status.</param>
    /// <param name="detail">What is wrong, in words for the client.</param>
    IResult? Find(HttpContext context, int status, string detail);
}
