namespace Infrastructure.Storage.Mongo.Driver;

/// <summary>What MongoDB's driver or the server said, word for word: for logs, since it may name addresses.</summary>
/// <param name="domain">The driver's, <c>mongoc-error.h</c>; 17 for what the server said.</param>
/// <param name="code">The driver's or the server's own.</param>
/// <param name="message">As it came.</param>
internal sealed class MongoFailureException(int domain, int code, string message) : Exception($"{message} ({domain}/{code})")
{
    public int Domain { get; } = domain;

    public int Code { get; } = code;
}
