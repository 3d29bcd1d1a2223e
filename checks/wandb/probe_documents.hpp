#pragma once
// The GraphQL documents, newest form; what older servers lack is marked (clients/graphql.hpp).
#include "clients/graphql.hpp"

namespace wbverify::wandb_documents {

/// Marked parts that we ourselves leave out: without a log-in `viewer`, in further entities the second run.
inline constexpr std::string_view logged_in = "logged-in", second_run = "second-run";

inline constexpr GraphqlDocument session{"Session", R"(query Session {
  <logged-in|viewer { id entity <User.username|username> <User.admin|admin> teams { edges { node { name } } } }>
  serverInfo {
    cliVersionInfo
    latestLocalVersionInfo { outOfDate latestVersionString <LocalVersionInfo.versionOnThisInstanceString|versionOnThisInstanceString> }
    <ServerInfo.features|features { name isEnabled }>
  }
})"};

/// The cheapest question that only somebody who is logged in gets an answer to.
inline constexpr GraphqlDocument viewer{"Viewer", "query Viewer { viewer { id } }"};

inline constexpr GraphqlDocument create_runs{"UpsertBucket", R"(mutation UpsertBucket($entity: String, $project: String, $mark: String, $main: String, $config: JSONString
  <second-run|, $second: String>) {
  own: upsertModel(input: {entityName: $entity, name: $project, description: $mark}) { inserted }
  main: upsertBucket(input: {entityName: $entity, modelName: $project, name: $main, displayName: $main, config: $config, jobType: $project}) {
    bucket { id name } inserted
  }
  <second-run|second: upsertBucket(input: {entityName: $entity, modelName: $project, name: $second, displayName: $second, jobType: $project}) {
    bucket { id name } inserted
  }>
})"};

/// Whether a project is there by its own name, or by that of its last moments.
inline constexpr GraphqlDocument still_there{"StillThere", R"(query StillThere($entity: String, $project: String!, $quarantine: String!) {
  before: project(name: $project, entityName: $entity) { name description }
  behind: project(name: $quarantine, entityName: $entity) { name }
})"};

inline constexpr GraphqlDocument create_files{"CreateRunFiles", R"(mutation CreateRunFiles($entity: String!, $project: String!, $run: String!, $files: [String!]!) {
  <Mutation.createRunFiles|createRunFiles(input: {entityName: $entity, projectName: $project, runName: $run, files: $files}) {
    uploadHeaders files { name uploadUrl }
  }>
})"};
/// The older way to the same.
inline constexpr GraphqlDocument create_files_old{"RunUploadUrls", R"(query RunUploadUrls($entity: String, $project: String!, $run: String!, $files: [String]!) {
  model(name: $project, entityName: $entity) {
    bucket(name: $run) { id files(names: $files) { uploadHeaders edges { node { name url(upload: true) } } } }
  }
})"};

inline constexpr GraphqlDocument read_run{"Run", R"(query Run($entity: String, $project: String!, $run: String!, $files: [String]) {
  project(name: $project, entityName: $entity) {
    id <Project.runCount|runCount>
    run(name: $run) {
      id name state config summaryMetrics historyKeys historyLineCount history(samples: 100)
      <Run.logLines|logLines(last: 20) { edges { node { line } } }>
      files(names: $files, first: 20) { edges { node { id name url directUrl sizeBytes updatedAt } } }
    }
  }
})"};

inline constexpr GraphqlDocument create_artifact{"CreateArtifact", R"(mutation CreateArtifact($entity: String!, $project: String!, $run: String!, $type: String!,
  $collection: String!, $digest: String! <CreateArtifactInput.clientID|, $client: ID!> <CreateArtifactInput.sequenceClientID|, $sequence: ID!>) {
  createArtifact(input: {entityName: $entity, projectName: $project, runName: $run, artifactTypeName: $type, artifactCollectionName: $collection,
    digest: $digest, digestAlgorithm: MANIFEST_MD5, aliases: [{artifactCollectionName: $collection, alias: "wbverify"}]
    <CreateArtifactInput.clientID|, clientID: $client> <CreateArtifactInput.sequenceClientID|, sequenceClientID: $sequence>
    <CreateArtifactInput.enableDigestDeduplication|, enableDigestDeduplication: true>}) {
    artifact { id state artifactSequence { id } }
  }
})"};

inline constexpr GraphqlDocument create_manifest{"CreateArtifactManifest", R"(mutation CreateArtifactManifest($entity: String!, $project: String!, $run: String!,
  $artifact: ID!, $digest: String!) {
  createArtifactManifest(input: {artifactID: $artifact, name: "wandb_manifest.json", digest: $digest, entityName: $entity, projectName: $project,
    runName: $run, type: FULL}) {
    artifactManifest { id file { id uploadUrl uploadHeaders } }
  }
})"};

inline constexpr GraphqlDocument create_artifact_files{"CreateArtifactFiles", R"(mutation CreateArtifactFiles($files: [CreateArtifactFileSpecInput!]!) {
  createArtifactFiles(input: {artifactFiles: $files, storageLayout: V2}) {
    files { edges { node { name storagePath uploadUrl uploadHeaders
      <File.uploadMultipartUrls|uploadMultipartUrls { uploadID uploadUrlParts { partNumber uploadUrl } }> artifact { id } } } }
  }
})"};

inline constexpr GraphqlDocument complete_multipart{"CompleteMultipartUploadArtifact", R"(mutation CompleteMultipartUploadArtifact($artifact: ID!, $path: String!,
  $upload: String!, $parts: [UploadPartsInput!]!) {
  <Mutation.completeMultipartUploadArtifact|completeMultipartUploadArtifact(input: {completeMultipartAction: Complete, completedParts: $parts,
    artifactID: $artifact, storagePath: $path, uploadID: $upload}) { digest }>
})"};

inline constexpr GraphqlDocument commit_artifact{"CommitArtifact", R"(mutation CommitArtifact($artifact: ID!) {
  commitArtifact(input: {artifactID: $artifact}) { artifact { id digest state } }
})"};

/// Used by the second run; what a client asks next comes in the same answer.
inline constexpr GraphqlDocument use_artifact{"UseArtifact", R"(mutation UseArtifact($entity: String!, $project: String!, $run: String!, $artifact: ID!) {
  useArtifact(input: {entityName: $entity, projectName: $project, runName: $run, artifactID: $artifact}) {
    artifact {
      id digest state size fileCount
      aliases { alias }
      currentManifest { file { directUrl } }
      files(first: 20) { edges { node { name directUrl } } }
    }
  }
})"};

inline constexpr GraphqlDocument create_sweep{"UpsertSweep", R"(mutation UpsertSweep($entity: String, $project: String, $config: String
  <UpsertSweepInput.displayName|, $name: String>) {
  upsertSweep(input: {entityName: $entity, projectName: $project, config: $config <UpsertSweepInput.displayName|, displayName: $name>}) {
    sweep { id name } <UpsertSweepPayload.configValidationWarnings|configValidationWarnings>
  }
})"};
inline constexpr GraphqlDocument create_agent{"CreateAgent", R"(mutation CreateAgent($entity: String, $project: String, $sweep: String!, $host: String!) {
  createAgent(input: {entityName: $entity, projectName: $project, sweep: $sweep, host: $host}) { agent { id } }
})"};
inline constexpr GraphqlDocument heartbeat{"Heartbeat", R"(mutation Heartbeat($agent: ID!, $runs: JSONString) {
  agentHeartbeat(input: {id: $agent, metrics: "{}", runState: $runs}) { agent { id } commands }
})"};
inline constexpr GraphqlDocument create_sweep_run{"UpsertBucket", R"(mutation UpsertBucket($entity: String, $project: String, $run: String, $sweep: String) {
  upsertBucket(input: {entityName: $entity, modelName: $project, name: $run, sweep: $sweep, jobType: $project}) { bucket { id name sweepName } inserted }
})"};

/// What stands in our project under our tag, for removing.
inline constexpr GraphqlDocument look{"Leftovers", R"(query Leftovers($entity: String, $project: String!, $type: String!) {
  project(name: $project, entityName: $entity) {
    id name createdAt
    runs(first: 500) { edges { node { id name state sweepName createdAt } } }
    sweeps(first: 200) { edges { node { id name displayName state createdAt } } }
    artifactType(name: $type) { artifactCollections(first: 200) { edges { node { id name createdAt artifacts(first: 50) { edges { node { id } } } } } } }
  }
})"};

}  // namespace wbverify::wandb_documents
