using Microsoft.OpenApi;

namespace Producer.Docs;

/// <summary>What the API document says of a slice's operations beyond what the code shows. An operation is named by its id.</summary>
internal abstract class ApiTexts
{
    /// <summary>The body types, titles and texts of an operation's example requests.</summary>
    public virtual IEnumerable<(string Type, string Title, string Text)> Requests(string operation) => [];

    /// <summary>The example response of an operation, other than a problem.</summary>
    public abstract string Answer(string operation, string status);

    /// <summary>The title, detail and further members of an example problem; null for the usual one.</summary>
    public virtual (string Title, string Detail, string More)? Problem(string status) => null;

    /// <summary>A parameter or request header specific to the slice; null for one that all slices share.</summary>
    public virtual (string Description, OpenApiSchema Schema)? Parameter(string name) => null;

    /// <summary>Headers that an operation reads.</summary>
    public virtual IEnumerable<string> RequestHeaders(string operation) => [];

    /// <summary>Headers that an operation's answer may carry, <c>Retry-After</c> of a 503 aside.</summary>
    public virtual IEnumerable<string> ResponseHeaders(string operation, string status) => [];

    /// <summary>The description of a response header specific to the slice; null for one that all slices share.</summary>
    public virtual string? ResponseHeader(string name) => null;

    /// <summary>Completes an operation with what routing cannot express.</summary>
    public virtual void Describe(OpenApiOperation operation)
    {
    }

    /// <summary>Adds the validators' bounds to the request schemas.</summary>
    public virtual void Bound(ApiSchemaSet schemas)
    {
    }
}
