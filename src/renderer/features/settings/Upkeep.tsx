import { Button, Checkbox, Group, NumberInput, Stack } from '@mantine/core'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import {
  UPKEEP_DAYS,
  UPKEEP_GIGABYTES,
  type UpkeepItem,
  type UpkeepKind,
  type UpkeepRules,
  upkeepKindSchema,
} from '../../../shared/contract/upkeep.ts'
import { client } from '../../api/host.ts'
import { useCall } from '../../api/use-call.ts'
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { Section } from '../../components/Layout.tsx'
import classes from '../../components/layout.module.css'
import { formatBytes, formatCount } from '../../format/quantities.ts'
import { useT } from '../../i18n/translate.ts'

const DAYS: Record<UpkeepKind, Exclude<keyof UpkeepRules, 'automatic' | 'featureGigabytes'>> = {
  trash: 'trashDays',
  runs: 'runDays',
  checkpoints: 'checkpointDays',
  features: 'featureDays',
  logs: 'logDays',
}

interface UpkeepProps {
  rules: UpkeepRules
  onChange(rules: UpkeepRules): void
}

/** What may go, by which rules, and how much that would free now. */
export function Upkeep({ rules, onChange }: UpkeepProps): ReactNode {
  const { t, language } = useT()
  const preview = useCall(signal => client.upkeep.preview(undefined, { signal }), [rules])
  const [chosen, setChosen] = useState<readonly UpkeepItem[] | null>(null)
  const [freed, setFreed] = useState<number | null>(null)
  const found = (preview.data ?? []).filter(({ count }) => count > 0)
  const itemOf = (kind: UpkeepKind): UpkeepItem | undefined => preview.data?.find(({ what }) => what === kind)
  const sum = (items: readonly UpkeepItem[]): string =>
    formatBytes(
      items.reduce((total, { bytes }) => total + bytes, 0),
      language,
    )

  // What was asked for last: a second click must not take back the first, whose answer is still on its way.
  const asked = useRef(rules)
  useEffect(() => {
    asked.current = rules
  }, [rules])
  function change(changes: Partial<UpkeepRules>): void {
    asked.current = { ...asked.current, ...changes }
    onChange(asked.current)
  }
  function setAutomatic(kind: UpkeepKind, isOn: boolean): void {
    const on = asked.current.automatic
    change({ automatic: upkeepKindSchema.options.filter(each => (each === kind ? isOn : on.includes(each))) })
  }

  async function free(items: readonly UpkeepItem[]): Promise<void> {
    const removed = await client.upkeep.apply({ what: items.map(({ what }) => what) })
    setFreed(removed.reduce((total, { bytes }) => total + bytes, 0))
    preview.reload()
  }

  return (
    <Section level={2} title={t('upkeep.title')}>
      <p className="muted">{t('upkeep.text')}</p>
      {preview.error && <ErrorCard error={preview.error} onRetry={preview.reload} />}
      <div className={classes.tableBox}>
        <table className={classes.table} aria-label={t('upkeep.title')}>
          <thead>
            <tr>
              <th scope="col">{t('upkeep.what')}</th>
              <th scope="col">{t('upkeep.after')}</th>
              <th scope="col">{t('upkeep.byItself')}</th>
              <th scope="col">{t('upkeep.frees')}</th>
            </tr>
          </thead>
          <tbody>
            {upkeepKindSchema.options.map(kind => (
              <tr key={kind}>
                <td>{t(`upkeep.${kind}`)}</td>
                <td>
                  <Stack gap={4}>
                    <Limit
                      label={t('upkeep.daysOf', { what: t(`upkeep.${kind}`) })}
                      unit={t('upkeep.days')}
                      range={UPKEEP_DAYS}
                      isWhole
                      value={rules[DAYS[kind]]}
                      onChange={days => change({ [DAYS[kind]]: days })}
                    />
                    {kind === 'features' && (
                      <Limit
                        label={t('upkeep.sizeOf', { what: t(`upkeep.${kind}`) })}
                        prefix="≤ "
                        unit="GB"
                        range={UPKEEP_GIGABYTES}
                        value={rules.featureGigabytes}
                        onChange={featureGigabytes => change({ featureGigabytes })}
                      />
                    )}
                  </Stack>
                </td>
                <td>
                  <Checkbox
                    size="xs"
                    aria-label={t('upkeep.byItselfOf', { what: t(`upkeep.${kind}`) })}
                    checked={rules.automatic.includes(kind)}
                    onChange={event => setAutomatic(kind, event.currentTarget.checked)}
                    styles={{ body: { justifyContent: 'flex-end' } }}
                  />
                </td>
                <td>
                  <Frees item={itemOf(kind)} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Group gap={8}>
        <Button variant="default" disabled={found.length === 0} onClick={() => setChosen(found)}>
          {found.length === 0 ? t('upkeep.nothing') : t('upkeep.free', { size: sum(found) })}
        </Button>
        {freed !== null && (
          <output className="muted">{t('upkeep.freed', { size: formatBytes(freed, language) })}</output>
        )}
      </Group>
      {chosen && (
        <ConfirmDialog
          title={t('upkeep.confirm', { size: sum(chosen) })}
          confirm={t('upkeep.remove')}
          onConfirm={() => free(chosen)}
          onClose={() => setChosen(null)}
        >
          <p style={{ marginTop: 0 }}>{t('upkeep.confirmText')}</p>
          <ul>
            {chosen.map(({ what, count, bytes }) => (
              <li key={what}>
                {t(`upkeep.${what}`)}: {formatCount(count, language)} · {formatBytes(bytes, language)}
              </li>
            ))}
          </ul>
        </ConfirmDialog>
      )}
    </Section>
  )
}

function Frees({ item }: { item: UpkeepItem | undefined }): ReactNode {
  const { language } = useT()
  if (item === undefined || item.count === 0) return <span className="muted">–</span>
  return `${formatCount(item.count, language)} · ${formatBytes(item.bytes, language)}`
}

interface LimitProps {
  label: string
  prefix?: string
  unit: string
  range: { readonly min: number; readonly max: number }
  isWhole?: boolean
  value: number
  onChange(value: number): void
}

/** Written when it is left, so that 30 on its way to 300 removes nothing. */
function Limit({ label, prefix = '', unit, range, isWhole = false, value, onChange }: LimitProps): ReactNode {
  const [draft, setDraft] = useState<number | string>(value)
  const commit = (): void => {
    if (typeof draft === 'number' && draft >= range.min && draft <= range.max && draft !== value) onChange(draft)
    else setDraft(value)
  }
  return (
    <NumberInput
      aria-label={label}
      size="xs"
      w={110}
      {...range}
      allowDecimal={!isWhole}
      allowNegative={false}
      // A fraction begins with a 0 that alone would be too little.
      clampBehavior={isWhole ? 'strict' : 'blur'}
      prefix={prefix}
      suffix={` ${unit}`}
      value={draft}
      onChange={setDraft}
      onBlur={commit}
      onKeyDown={event => event.key === 'Enter' && commit()}
      styles={{ root: { marginLeft: 'auto' }, input: { height: 24, minHeight: 24 } }}
    />
  )
}
