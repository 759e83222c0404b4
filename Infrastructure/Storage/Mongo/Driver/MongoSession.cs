using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Contracts.Storage;

namespace Infrastructure.Storage.Mongo.Driver;

/// <summary>Looks at one document of an answer, where it lies.</summary>
/// <returns>False when no more are wanted.</returns>
internal delegate bool BsonVisitor(BsonDocument document);

/// <summary>One thread's client: runs one command after the other, each blocking until its answer is there.</summary>
internal sealed unsafe class MongoSession : IDisposable
{
    private readonly string database;
    private readonly nint client;
    private readonly NativeError error = new();
    private readonly byte* documents = (byte*)NativeMemory.AlignedAlloc(MongoLibrary.DocumentBytes * 3, MongoLibrary.DocumentBytes);
    private readonly byte* writeOptions;
    private readonly int maxTimeMilliseconds;

    /// <param name="client">From the pool; given back by the caller.</param>
    /// <param name="database">Where all commands go.</param>
    /// <param name="operationTimeout">What a server may spend on a read, or on making a write durable.</param>
    public MongoSession(nint client, string database, TimeSpan operationTimeout)
    {
        this.client = client;
        this.database = database;
        maxTimeMilliseconds = (int)operationTimeout.TotalMilliseconds;

        // Acknowledged by a majority and synced there: what is answered survives a new primary.
        using var options = new BsonWriter();
        options.Document("writeConcern"u8).String("w"u8, "majority").Boolean("j"u8, true).Int32("wtimeout"u8, maxTimeMilliseconds).End();
        var bytes = options.Complete();
        writeOptions = (byte*)NativeMemory.Alloc((nuint)bytes.Length);
        bytes.CopyTo(new Span<byte>(writeOptions, bytes.Length));
    }

    private nint First => (nint)documents;

    private nint Second => (nint)(documents + MongoLibrary.DocumentBytes);

    private nint Reply => (nint)(documents + (2 * MongoLibrary.DocumentBytes));

    /// <summary>Runs a command that only reads, on the primary.</summary>
    public void Read(BsonWriter command, BsonVisitor reply)
    {
        fixed (byte* bytes = command.Complete())
        {
            var ok = MongoLibrary.mongoc_client_read_command_with_opts(client, database, Static(First, bytes), 0, 0, Reply, error.Address);
            Answer(ok, reply);
        }
    }

    /// <summary>Runs a command that writes; returns when that is durable.</summary>
    /// <returns>The answer's <c>n</c>: rows that an update matched, were inserted or deleted.</returns>
    /// <remarks>A key that is there already is no failure: the insert or upsert it stands for is left out of the count.</remarks>
    public int Write(BsonWriter command, BsonVisitor? reply = null)
    {
        var count = 0;
        fixed (byte* bytes = command.Complete())
        {
            var ok = MongoLibrary.mongoc_client_write_command_with_opts(
                client, database, Static(First, bytes), Static(Second, writeOptions), Reply, error.Address);

            // A unique index may refuse a command as a whole (findAndModify) or one write in it.
            Answer(ok || (error.Domain == 17 && error.Code == MongoFailures.DuplicateKey), document =>
            {
                count = document.TryFind("n"u8, out var n) ? n.AsInt32() : 0;
                Check(document);
                reply?.Invoke(document);
                return false;
            });
        }

        return count;
    }

    /// <summary>Visits the documents that a filter finds, on the primary, until the visitor has enough.</summary>
    /// <param name="collection">Where.</param>
    /// <param name="filter">Which.</param>
    /// <param name="options">Of the find command: sort, limit, projection, batchSize, hint; null for none.</param>
    /// <param name="visit">Sees each as it comes.</param>
    public void Find(string collection, BsonWriter filter, BsonWriter? options, BsonVisitor visit)
    {
        using var none = new BsonWriter();
        var more = (options ?? none).Int32("maxTimeMS"u8, maxTimeMilliseconds);
        var handle = MongoLibrary.mongoc_client_get_collection(client, database, collection);
        try
        {
            fixed (byte* filterBytes = filter.Complete(), optionBytes = more.Complete())
            {
                Visit(MongoLibrary.mongoc_collection_find_with_opts(handle, Static(First, filterBytes), Static(Second, optionBytes), 0), visit);
            }
        }
        finally
        {
            MongoLibrary.mongoc_collection_destroy(handle);
        }
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(documents);
        NativeMemory.Free(writeOptions);
        error.Dispose();
    }

    private void Visit(nint cursor, BsonVisitor visit)
    {
        try
        {
            while (MongoLibrary.mongoc_cursor_next(cursor, out var document))
            {
                if (!visit(At(document)))
                {
                    return;
                }
            }

            if (MongoLibrary.mongoc_cursor_error(cursor, error.Address))
            {
                throw MongoFailures.ToException(error.Domain, error.Code, error.Message);
            }
        }
        finally
        {
            MongoLibrary.mongoc_cursor_destroy(cursor);
        }
    }

    private void Answer(bool ok, BsonVisitor visit)
    {
        // The driver sets up the reply in any case, and it is ours to free.
        try
        {
            if (!ok)
            {
                throw error.Domain == 17 && HasWriteConcernError(At(Reply), out var failure)
                    ? failure
                    : MongoFailures.ToException(error.Domain, error.Code, error.Message);
            }

            visit(At(Reply));
        }
        finally
        {
            MongoLibrary.bson_destroy(Reply);
        }
    }

    /// <summary>A command can succeed of which single writes failed, or whose durability is not confirmed.</summary>
    private static void Check(BsonDocument reply)
    {
        if (reply.TryFind("writeErrors"u8, out var errors))
        {
            foreach (var one in errors.AsDocument())
            {
                var failed = one.AsDocument();
                var code = failed.Find("code"u8).AsInt32();
                if (code != MongoFailures.DuplicateKey)
                {
                    throw MongoFailures.OfOneWrite(code, failed.TryFind("errmsg"u8, out var text) ? text.AsString() : "");
                }
            }
        }

        if (HasWriteConcernError(reply, out var failure))
        {
            throw failure;
        }
    }

    private static bool HasWriteConcernError(BsonDocument reply, out StoreUnavailableException failure)
    {
        if (reply.TryFind("writeConcernError"u8, out var error))
        {
            var document = error.AsDocument();
            failure = MongoFailures.NotDurable(
                document.TryFind("code"u8, out var code) ? code.AsInt32() : 0,
                document.TryFind("errmsg"u8, out var text) ? text.AsString() : "");
            return true;
        }

        failure = null!;
        return false;
    }

    private static nint Static(nint document, byte* bytes)
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(new ReadOnlySpan<byte>(bytes, 4));
        return MongoLibrary.bson_init_static(document, (nint)bytes, (nuint)length)
            ? document
            : throw new InvalidOperationException("What was written is not a BSON document.");
    }

    private static BsonDocument At(nint document)
    {
        var bytes = (byte*)MongoLibrary.bson_get_data(document);
        return new BsonDocument(new ReadOnlySpan<byte>(bytes, BinaryPrimitives.ReadInt32LittleEndian(new ReadOnlySpan<byte>(bytes, 4))));
    }
}
