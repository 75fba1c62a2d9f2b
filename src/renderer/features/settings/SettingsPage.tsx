import { Button, Checkbox, Group, NumberInput, SegmentedControl, Stack } from '@mantine/core'
import type { ReactNode } from 'react'
import { anomalyRuleSchema } from '../../../shared/contract/anomalies.ts'
import type { Settings } from '../../../shared/contract/system.ts'
import { useApp } from '../../api/app-store.ts'
import { client } from '../../api/host.ts'
import { useAction } from '../../api/use-call.ts'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { FolderButtons } from '../../components/FolderButtons.tsx'
import { Facts, Scroll, Section } from '../../components/Layout.tsx'
import { formatBytes } from '../../format/quantities.ts'
import { useT } from '../../i18n/translate.ts'
import { setParams, useRoute } from '../../route/use-route.ts'
import { LogView } from './LogView.tsx'
import { PredictorStatus } from './PredictorStatus.tsx'
import { Providers } from './Providers.tsx'
import { Upkeep } from './Upkeep.tsx'

const RULES = anomalyRuleSchema.options
const THEMES = ['system', 'light', 'dark'] as const satisfies readonly Settings['theme'][]
const LANGUAGES = ['system', 'en', 'zh-CN'] as const satisfies readonly Settings['language'][]

export function SettingsPage(): ReactNode {
  const { t, language } = useT()
  const settings = useApp(state => state.settings)
  const info = useApp(state => state.info)
  const save = useAction(async (changes: Partial<Settings>) => {
    const next = await client.system.updateSettings(changes)
    useApp.setState({ settings: next })
  })
  const { params } = useRoute()
  if (params.view === 'log') return <LogView />
  return (
    <div style={{ height: '100%', display: 'flex', flexDirection: 'column', maxWidth: 720 }}>
      <Scroll label={t('page.settings')}>
        {save.error && <ErrorCard error={save.error} />}
        <Section level={2} title={t('settings.appearance')}>
          <SegmentedControl
            aria-label={t('settings.theme')}
            w="fit-content"
            value={settings.theme}
            onChange={value => save.run({ theme: THEMES.find(theme => theme === value) ?? 'system' })}
            data={THEMES.map(value => ({ value, label: t(`settings.theme.${value}`) }))}
          />
        </Section>
        <Section level={2} title={t('settings.language')}>
          <SegmentedControl
            aria-label={t('settings.language')}
            w="fit-content"
            value={settings.language}
            onChange={value => save.run({ language: LANGUAGES.find(each => each === value) ?? 'system' })}
            data={[
              { value: 'system', label: t('settings.language.system') },
              { value: 'en', label: 'English' },
              { value: 'zh-CN', label: '简体中文' },
            ]}
          />
        </Section>
        <Section level={2} title={t('settings.training')}>
          <NumberInput
            label={t('settings.threads')}
            description={t('settings.threadsText', { count: info?.cpus ?? 0 })}
            w={320}
            min={0}
            max={256}
            allowDecimal={false}
            value={settings.trainingThreads}
            onChange={value => {
              if (typeof value === 'number' && value !== settings.trainingThreads) save.run({ trainingThreads: value })
            }}
          />
        </Section>
        <Checkbox.Group
          label={t('settings.pauseOn')}
          description={t('settings.pauseOnText')}
          value={settings.pauseOn}
          onChange={rules => save.run({ pauseOn: RULES.filter(rule => rules.includes(rule)) })}
        >
          <Stack gap={6} mt={8}>
            {RULES.map(rule => (
              <Checkbox key={rule} size="xs" value={rule} label={t(`anomaly.${rule}`)} />
            ))}
          </Stack>
        </Checkbox.Group>
        <Upkeep rules={settings.upkeep} onChange={upkeep => save.run({ upkeep })} />
        <Section level={2} title={t('logs.title')}>
          <p className="muted">{t('logs.text')}</p>
          <Group gap={8}>
            <Button variant="default" onClick={() => setParams({ view: 'log' })}>
              {t('logs.show')}
            </Button>
            {info && <FolderButtons folder={{ what: 'logs' }} path={`${info.workspace}/logs`} />}
          </Group>
        </Section>
        <Providers />
        <PredictorStatus />
        {info && (
          <Section level={2} title={t('settings.about')}>
            <Facts
              items={[
                ['Bindery', info.version],
                [
                  t('settings.workspace'),
                  <span key="workspace" className="mono">
                    {info.workspace}
                  </span>,
                ],
                [t('settings.runtime'), info.runtime],
                [t('settings.host'), t(`settings.host.${info.host}`)],
                [
                  t('settings.machine'),
                  t('settings.machineText', {
                    platform: info.platform,
                    cpus: info.cpus,
                    memory: formatBytes(info.memoryTotalBytes, language),
                  }),
                ],
                [t('settings.licence'), 'Apache-2.0'],
              ]}
            />
          </Section>
        )}
      </Scroll>
    </div>
  )
}
