using System.ComponentModel.DataAnnotations;

namespace Infrastructure.Storage.Mongo;

/// <summary>How MongoDB is used; <c>ConnectionStrings:MongoDb</c> says where it is.</summary>
public sealed class MongoOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "MongoDb";

    /// <summary>Connections, and commands in flight at once, 1 to 500; leases have one more. Default 16.</summary>
    [Range(1, 500)]
    public int Connections { get; set; } = 16;

    /// <summary>Time-out for one reply, 100 ms to 60 s; also for a connection to come free. Default 5 s.</summary>
    /// <remarks>A time-out in the connection string (<c>socketTimeoutMS</c>) takes precedence.</remarks>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan OperationTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Maximum age of the counts per state, zero to ten minutes: the database counts index entries for them. Default 10 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan CountsAge { get; set; } = TimeSpan.FromSeconds(10);
}
