// What IAM would decide. Reads {policies: {name: document}, requests: [{policy, action, resource,
// context}]} and writes for each request "Allowed", "ImplicitlyDenied" or "ExplicitlyDenied".
import { readFileSync } from 'node:fs'
import { runSimulation, runUnsafeSimulation } from '@cloud-copilot/iam-simulate'

const ACCOUNT = '123456789012'
const { policies, requests } = JSON.parse(readFileSync(0, 'utf8'))

async function decide({ policy, action, resource, context }) {
  const simulation = {
    request: {
      principal: `arn:aws:iam::${ACCOUNT}:role/deployer`,
      action,
      resource: { resource, accountId: ACCOUNT },
      contextVariables: context
    },
    identityPolicies: [{ name: policy, policy: policies[policy] }],
    serviceControlPolicies: [],
    resourceControlPolicies: []
  }
  // The keys of a token are its issuer's, which the data cannot know.
  if (action === 'sts:AssumeRoleWithWebIdentity') return runUnsafeSimulation(simulation, {})
  const checked = await runSimulation(simulation, {})
  if (checked.resultType !== 'error') {
    // An ARN with a wildcard is decided for each resource that the policy names.
    const results = checked.results ?? [checked.result]
    const ignored = results.flatMap((result) => result.ignoredContextKeys ?? [])
    if (ignored.length) throw new Error(`${action} on ${resource} knows no ${ignored}`)
    return checked.overallResult
  }
  // A version and an alias have ARNs of one form, and two ARNs of API Gateway are one pattern in its
  // data, which matches nothing. What the policy says of them does not hang on which of them it is.
  const { message } = checked.errors
  const known = message === 'multiple.resource.types' ||
    (message === 'no.resource.types' && action.startsWith('apigateway:'))
  if (!known) throw new Error(`${action} on ${resource}: ${JSON.stringify(checked.errors)}`)
  return runUnsafeSimulation(simulation, {})
}

const decisions = []
for (const request of requests) decisions.push(await decide(request))
process.stdout.write(JSON.stringify(decisions))
