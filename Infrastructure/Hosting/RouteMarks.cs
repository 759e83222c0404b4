using Microsoft.AspNetCore.Http;

namespace Infrastructure.Hosting;

/// <summary>Metadata of a route that pages in browsers may send to with a publishable key.</summary>
public sealed record PublishableRoute;

/// <summary>Metadata of a route that takes a credential of its own instead of a key.</summary>
/// <param name="FindTenant">Whose data a request is about if it carries that credential; null if it does not.</param>
public sealed record RouteCredential(Func<HttpContext, string?> FindTenant);

/// <summary>A path below which nothing is secret, such as pages that show the API; it has no route of its own.</summary>
/// <param name="Path">How it begins.</param>
public sealed record OpenPath(string Path);
