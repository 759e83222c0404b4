using System.Net.Sockets;
using Contracts.Storage;
using MongoDB.Driver;

namespace Infrastructure.Storage.Mongo;

/// <summary>What a failure means to the caller. After an unrecognised failure the write may have happened.</summary>
internal static class MongoFailures
{
    public const string Unreachable = "The database cannot be reached.";

    /// <summary>Label of operations that failed before anything was sent (by the driver) or were rejected unread (by the server).</summary>
    private const string OverloadedLabel = "SystemOverloadedError";

    /// <summary>
    /// Part of the driver's message, and the only sign that a connection could not be opened for a reason other than the network.
    /// </summary>
    private const string Opening = "opening a connection";

    /// <summary>Whether the driver threw it; any other exception is already ours, or a defect.</summary>
    public static bool IsOfDriver(Exception failure) => failure
        is MongoException or TimeoutException or IOException or SocketException or ObjectDisposedException or OperationCanceledException;

    /// <summary>The exception that the port promises, or one that reports a defect of ours.</summary>
    public static Exception ToException(Exception failure) => failure switch
    {
        MongoWriteException { InnerException: MongoBulkWriteException bulk } => OfWrites(bulk),
        MongoBulkWriteException bulk => OfWrites(bulk),
        MongoWriteConcernException late => NotDurable(late),
        MongoCommandException command => command.Result?.Contains("writeConcernError") == true
            ? NotDurable(command)
            : FromServer(command.Code, command),
        MongoAuthenticationException => Refused("The database refused the service's login.", failure),
        MongoConnectionPoolPausedException or MongoWaitQueueFullException => Refused(Unreachable, failure),
        MongoConnectionException connection when IsUnsent(connection) => Refused(Unreachable, failure),

        // By itself it means that no server or no connection was found in time; a reply's time-out is wrapped in another exception.
        TimeoutException => Refused(Unreachable, failure),
        _ => Unknown("The database did not reply in time.", failure),
    };

    /// <summary>Whether no server was found before the time-out.</summary>
    public static bool IsUnreachable(Exception failure) => failure is TimeoutException;

    private static bool IsUnsent(MongoConnectionException failure) =>
        failure.HasErrorLabel(OverloadedLabel) || failure.Message.Contains(Opening, StringComparison.Ordinal);

    /// <summary>Some writes of a batch failed; others of it may be stored.</summary>
    private static Exception OfWrites(MongoBulkWriteException bulk)
    {
        var failed = bulk.WriteErrors.FirstOrDefault(error => error.Category != ServerErrorCategory.DuplicateKey);
        if (failed is null)
        {
            return bulk.WriteConcernError is null ? Defect(bulk) : NotDurable(bulk);
        }

        return FromServer(failed.Code, bulk) switch
        {
            StoreUnavailableException { Outcome: WriteOutcome.Refused } refused => Unknown(refused.Message, bulk),
            var other => other,
        };
    }

    private static Exception FromServer(int code, MongoException inner) => code switch
    {
        // Not, or no longer, the primary: it refuses before it does anything.
        10107 or 13435 or 13436 or 10058 => Refused("The database is changing its primary.", inner),

        // Not authenticated, not authorised.
        13 or 18 => Refused("The database does not permit this service's operation.", inner),

        // Errors about the command or its data (error_codes.yml of the server): a retry would fail as well.
        2 or 3 or 4 or 9 or 14 or 15 or 16 or 17 or 20 or 22 or 26 or 27 or 28 or 40 or 48 or 52 or 53 or 54 or 55 or 56 or 57
            or 59 or 66 or 67 or 68 or 72 or 73 or 85 or 86 or 115 or 121 => Defect(inner),

        // Shutting down, no longer the primary, a broken socket, out of space: assertions from before there were codes.
        9001 or 11600 or 11601 or 11602 or 13388 or 14031 => Unknown("The database is interrupted or overloaded.", inner),

        // The other assertions are about commands and documents.
        > 10_000 => Defect(inner),

        // Time-outs, interruptions, unreachable servers behind a router, out of space, blocked writes, quotas, and whatever codes may come:
        // they say nothing against the data, so nothing may be dead-lettered because of them. Part of a batch may have been done.
        _ => Unknown("The database is interrupted or overloaded.", inner),
    };

    /// <summary>A write was done but is not known to be durable.</summary>
    private static StoreUnavailableException NotDurable(MongoException inner) =>
        Unknown("The database did not confirm the write in time.", inner);

    private static StoreUnavailableException Refused(string message, Exception inner) => new(WriteOutcome.Refused, message, inner);

    private static StoreUnavailableException Unknown(string message, Exception inner) => new(WriteOutcome.Unknown, message, inner);

    private static InvalidOperationException Defect(MongoException inner) => new($"MongoDB refused a command: {inner.Message}", inner);
}
