using Contracts.Storage;

namespace Infrastructure.Storage.Mongo.Driver;

/// <summary>What a failure means for the caller.</summary>
internal static class MongoFailures
{
    /// <summary>A unique index has the value already.</summary>
    public const int DuplicateKey = 11000;

    public const string Unreachable = "The database cannot be reached.";

    // Domains and codes of mongoc-error.h.
    private const int Client = 1;
    private const int Stream = 2;
    private const int Protocol = 3;
    private const int Sasl = 7;
    private const int Scram = 14;
    private const int ServerSelection = 15;
    private const int WriteConcern = 16;
    private const int Server = 17;
    private const int StreamNameResolution = 3;
    private const int StreamConnect = 5;
    private const int StreamNotEstablished = 6;
    private const int ClientTooBig = 8;
    private const int ClientTooSmall = 9;

    /// <summary>The exception that the port promises, or one that says that we asked for nonsense.</summary>
    public static Exception ToException(int domain, int code, string message)
    {
        var inner = new MongoFailureException(domain, code, message);
        return domain switch
        {
            ServerSelection => Refused(Unreachable, inner),
            Stream when code is StreamNameResolution or StreamConnect or StreamNotEstablished => Refused(Unreachable, inner),
            Client when code is ClientTooBig or ClientTooSmall => Defect(inner),
            Client or Sasl or Scram => Refused("The database does not let this service in.", inner),
            Stream or Protocol or WriteConcern => Unknown("The database gave no answer in time.", inner),
            Server => FromServer(code, inner),
            _ => Defect(inner),
        };
    }

    /// <summary>Whether no server was found, after looking for one for as long as we look.</summary>
    public static bool IsUnreachable(Exception failure) => failure.InnerException is MongoFailureException { Domain: ServerSelection };

    /// <summary>A write was done but is not known to be durable.</summary>
    public static StoreUnavailableException NotDurable(int code, string message) =>
        Unknown("The database did not confirm in time that it keeps what was written.", new MongoFailureException(WriteConcern, code, message));

    /// <summary>A write of a batch failed; others of the batch may be stored.</summary>
    public static Exception OfOneWrite(int code, string message) => FromServer(code, new MongoFailureException(Server, code, message)) switch
    {
        StoreUnavailableException { Outcome: WriteOutcome.Refused } refused => Unknown(refused.Message, refused.InnerException!),
        var other => other,
    };

    private static Exception FromServer(int code, MongoFailureException inner) => code switch
    {
        // Not the primary, or no more: it refuses before it does anything.
        10107 or 13435 or 13436 or 10058 => Refused("The database is changing its primary.", inner),

        // Not authenticated, not authorised.
        13 or 18 => Refused("The database does not let this service do what it asks for.", inner),

        // What speaks of the command or of the data in it (error_codes.yml of the server): a repetition fails as well.
        2 or 3 or 4 or 9 or 14 or 15 or 16 or 17 or 20 or 22 or 26 or 27 or 28 or 40 or 48 or 52 or 53 or 54 or 55 or 56 or 57
            or 59 or 66 or 67 or 68 or 72 or 73 or 85 or 86 or 115 or 121 => Defect(inner),

        // Shutting down, not the primary any more, a socket that broke, out of space: assertions of before there were codes.
        9001 or 11600 or 11601 or 11602 or 13388 or 14031 => Unknown("The database is interrupted or overloaded.", inner),

        // The other assertions are about commands and documents.
        > 10_000 => Defect(inner),

        // Over its time, interrupted, unreachable behind a router, out of space, writes blocked, a quota, and whatever
        // may come to be: it says nothing against the data, so that nothing may be given up for it. A part of a batch may have been done.
        _ => Unknown("The database is interrupted or overloaded.", inner),
    };

    private static StoreUnavailableException Refused(string message, MongoFailureException inner) => new(WriteOutcome.Refused, message, inner);

    private static StoreUnavailableException Unknown(string message, Exception inner) => new(WriteOutcome.Unknown, message, inner);

    private static InvalidOperationException Defect(MongoFailureException inner) => new($"MongoDB refused a command: {inner.Message}", inner);
}
