namespace IMDD.Contracts.Registry;

/// <summary>
/// Paths of the registry's API. JSON is written and read with <see cref="Events.ImddJson.Options"/>. What cannot be done is answered with
/// problem details: 400 what cannot be understood, 404 what is not known, 409 what a rule forbids.
/// </summary>
public static class RegistryRoutes
{
    public const string Base = "/api/v1";

    /// <summary>GET: <see cref="ModelView"/>[].</summary>
    public const string Models = Base + "/models";

    /// <summary>GET: <see cref="ModelView"/>. POST to register: <see cref="RegisterModel"/>, answered with <see cref="ModelVersionView"/>.</summary>
    public const string Model = Base + "/models/{name}";

    /// <summary>POST: <see cref="PromoteModel"/>, answered with <see cref="RolloutView"/>.</summary>
    public const string Promote = Base + "/models/{name}/promote";

    /// <summary>POST: <see cref="RollbackModel"/>, answered with <see cref="RolloutView"/>.</summary>
    public const string Rollback = Base + "/models/{name}/rollback";

    /// <summary>POST: <see cref="BlockModel"/>, answered with <see cref="ModelVersionView"/>.</summary>
    public const string Block = Base + "/models/{name}/block";

    /// <summary>POST: <see cref="BlockModel"/>: its rollout ends, it is blocked, and whoever runs or tries it is told to run the champion. Answered with <see cref="ModelVersionView"/>.</summary>
    public const string Stop = Base + "/models/{name}/stop";

    /// <summary>POST: <see cref="StartRollout"/>, answered with <see cref="RolloutProgressView"/>.</summary>
    public const string ModelRollouts = Base + "/models/{name}/rollouts";

    /// <summary>GET: <see cref="RolloutProgressView"/>[], the newest first, at most 100.</summary>
    public const string Rollouts = Base + "/rollouts";

    /// <summary>GET: <see cref="RolloutProgressView"/>.</summary>
    public const string Rollout = Base + "/rollouts/{id}";

    /// <summary>POST: <see cref="RolloutDecision"/>, answered with <see cref="RolloutProgressView"/>.</summary>
    public const string ApproveRollout = Base + "/rollouts/{id}/approve";

    /// <summary>POST: <see cref="RolloutDecision"/>, answered with <see cref="RolloutProgressView"/>.</summary>
    public const string PauseRollout = Base + "/rollouts/{id}/pause";

    /// <summary>POST: <see cref="RolloutDecision"/>, answered with <see cref="RolloutProgressView"/>.</summary>
    public const string ResumeRollout = Base + "/rollouts/{id}/resume";

    /// <summary>POST: <see cref="RolloutDecision"/>, answered with <see cref="RolloutProgressView"/>.</summary>
    public const string CancelRollout = Base + "/rollouts/{id}/cancel";

    /// <summary>GET: <see cref="AgentRolloutView"/>[].</summary>
    public const string Agents = Base + "/agents";

    /// <summary>GET: <c>manifest.dsse</c> of a release, which holds its manifest.</summary>
    public const string Envelope = "/bundles/{digest}/manifest.dsse";

    /// <summary>GET: <see cref="ModelVersionView"/> by its digest alone.</summary>
    public const string Release = Base + "/releases/{digest}";

    /// <summary>GET <c>?after=&amp;limit=1..1000</c>: <see cref="DatasetView"/>, by the digest of a snapshot's manifest.</summary>
    public const string Dataset = Base + "/datasets/{digest}";

    /// <summary>GET <c>?limit=1..1000</c>: <see cref="FrameUse"/>[], by the digest of a picture.</summary>
    public const string FrameUses = Base + "/frames/{digest}/releases";

    /// <summary>GET <c>?after=&amp;limit=1..1000</c>: <see cref="Audit.AuditPage"/>, the entries after a sequence.</summary>
    public const string Audit = Base + "/audit";

    /// <summary>GET: the newest root document, <see cref="TrustRootView"/>. POST: <see cref="PublishRoot"/>, answered with the same.</summary>
    public const string Root = Base + "/root";

    /// <summary>GET: <c>root-N.dsse</c>, the root document of a version.</summary>
    public const string RootDocument = "/roots/{version}/root.dsse";

    /// <summary>GET: <see cref="RecipeView"/>[], by name, the newest first. POST to register: <see cref="RegisterRecipe"/>, answered with <see cref="RecipeView"/>.</summary>
    public const string Recipes = Base + "/recipes";

    /// <summary>GET: <see cref="RecipeView"/> with the recipe itself, by the recipe's digest.</summary>
    public const string Recipe = Base + "/recipes/{digest}";

    /// <summary>POST: <see cref="Registry.AssignRecipe"/>, answered with <see cref="RecipeAssignment"/>.</summary>
    public const string AssignRecipe = Base + "/recipes/{digest}/assign";

    /// <summary>POST: <see cref="Registry.WithdrawRecipe"/>, answered with <see cref="RecipeWithdrawal"/>.</summary>
    public const string WithdrawRecipe = Base + "/recipes/{digest}/withdraw";

    /// <summary>POST to start a rollout of a recipe: <see cref="StartRecipeRollout"/>, answered with <see cref="RolloutProgressView"/>.</summary>
    public const string RecipeRollouts = Base + "/recipes/{digest}/rollouts";

    /// <summary>GET: <c>recipe.dsse</c>, the newest signed document of a recipe's digest.</summary>
    public const string RecipeEnvelope = "/recipes/{digest}/recipe.dsse";

    /// <summary>GET, also of a range: a file by its content. HEAD: whether it is there. PUT: stores it.</summary>
    public const string Blob = "/blobs/{digest}";

    /// <summary>A route with its one parameter filled in.</summary>
    public static string For(string route, string value)
    {
        var start = route.IndexOf('{', StringComparison.Ordinal);
        return string.Concat(route.AsSpan(0, start), Uri.EscapeDataString(value), route.AsSpan(route.IndexOf('}', StringComparison.Ordinal) + 1));
    }
}
